/* cluster_check: validates the configuration of a cluster before its machines exist.
 *
 * A check returns an empty text if the input is valid, otherwise an error text in the arena. */
#pragma once

#include "bundle.h"
#include "kube_version.h"

/* One network, or two (dual stack) separated by a comma, with the name of the argument for errors.
 */
typedef struct NamedNetwork {
    const char *name;
    Str text; /* empty: not set */
} NamedNetwork;

/* Each text must be one network, or one of each family; no two networks may overlap. */
Str cluster_check_networks(const NamedNetwork *networks, size_t count, Arena *arena);
/* The endpoint must be "host:port", "host" or "[address]:port". An empty endpoint is an error:
 * without one, no control plane can be added later. */
Str cluster_check_endpoint(Str endpoint, Arena *arena);
/* Returns whether the text is a DNS name or an IP address. */
bool cluster_check_is_host(Str text);
/* The name of a node must be valid for Kubernetes. */
Str cluster_check_node_name(Str name, Arena *arena);

/* Kubelets, networks of pods and DHCP servers identify a machine by these. Empty: unknown. */
typedef struct ClusterNode {
    Str name;
    Str machine_id;
    Str hostname;
    Str mac;
} ClusterNode;

/* Two nodes must not share a machine-id, a host name or a MAC address. Nodes of the same name are
 * one node. The error names both. */
Str cluster_check_distinct(const ClusterNode *a, const ClusterNode *b, Arena *arena);

typedef struct MachineSize {
    uint64_t processors;
    uint64_t memory_mib;
} MachineSize;

/* A control plane needs 2 CPUs and 1700 MiB of memory, the minimum of kubeadm. */
Str cluster_check_size(MachineSize size, bool is_control_plane, Arena *arena);

/* The disk must have room for the bundle, and for its images two more times: as layers and
 * unpacked. */
Str cluster_check_disk(const Bundle *bundle, uint64_t free_mib, Arena *arena);

typedef enum ClockSkew { CLOCK_GOOD, CLOCK_DOUBTFUL, CLOCK_BAD } ClockSkew;
/* Certificates and tokens need synchronized clocks. More than 2 s of skew is doubtful, more than 30
 * s is bad. */
ClockSkew cluster_check_clock(int64_t skew_ms);

/* Returns whether the image is one that kubeadm requires. Those with the version of Kubernetes
 * count from any registry. An empty `image_repository` means registry.k8s.io, here and below. */
bool cluster_check_is_kube_image(Str image, Str image_repository, Arena *arena);
/* The bundle must be for this version and architecture (empty: any) and contain the images that
 * kubeadm requires, or none of them: then kubeadm pulls them. */
Str cluster_check_bundle(const Bundle *bundle, KubeVersion version, Str architecture,
                         Str image_repository, Arena *arena);
/* Returns a sentence for each image whose tag is not that of kubeadm of this version
 * (kube_release): kubeadm may still accept another patch of it. */
StrVec cluster_check_tags(const Bundle *bundle, KubeVersion version, Str image_repository,
                          Arena *arena);
/* Same for a bundle alone, also for images that must have the version of Kubernetes, and for one
 * that it lacks. The registry is that of its kube-apiserver. Images of a release that is not known
 * are not checked. */
StrVec cluster_check_images(const Bundle *bundle, Arena *arena);
