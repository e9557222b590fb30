/* cluster_check: errors of a cluster's configuration that a plan can find without its machines.
 *
 * Checks return an empty text, or a sentence that says what to change. */
#pragma once

#include "bundle.h"
#include "kube_version.h"

/* A network with the name of its argument. The text may have two networks, separated by a comma. */
typedef struct NamedNetwork {
    const char *name;
    Str text; /* empty: not set */
} NamedNetwork;

/* Each text must be one network, or one of each family; no two networks may overlap. */
Str cluster_check_networks(const NamedNetwork *networks, size_t count, Arena *arena);
/* "host:port", "host" or "[address]:port". An empty endpoint is an error: without it, a cluster
 * cannot grow to more control planes. */
Str cluster_check_endpoint(Str endpoint, Arena *arena);
/* Returns whether the text is a DNS name or an IP address. */
bool cluster_check_is_host(Str text);
/* An even number of control planes tolerates no more failures than one less. */
Str cluster_check_control_planes(size_t count, Arena *arena);

typedef struct ClusterNode {
    Str name;
    Str machine_id;
    StrVec macs;
} ClusterNode;

/* Names must be valid for Kubernetes; no two nodes may share a name, a MAC or a machine-id. */
Str cluster_check_nodes(const ClusterNode *nodes, size_t count, Arena *arena);

typedef struct MachineSize {
    uint64_t processors;
    uint64_t memory_mib;
} MachineSize;

/* kubeadm requires 2 processors and 1700 MiB of a control plane. */
Str cluster_check_size(MachineSize size, bool is_control_plane, Arena *arena);

/* The disk of a machine must have room for the bundle, and for its images once more as layers and
 * once more unpacked. */
Str cluster_check_disk(const Bundle *bundle, uint64_t free_mib, Arena *arena);

/* Machines of a hypervisor without kernels of their own (LXC) share its inotify instances. */
typedef struct InotifyUse {
    uint64_t limit; /* fs.inotify.max_user_instances */
    uint64_t in_use;
    uint64_t control_planes; /* machines that will start */
    uint64_t workers;
} InotifyUse;
Str cluster_check_inotify(InotifyUse use, Arena *arena);

typedef enum ClockSkew { CLOCK_GOOD, CLOCK_DOUBTFUL, CLOCK_BAD } ClockSkew;
/* Certificates and tokens need clocks that agree: 2 s apart is doubtful, 30 s an error. */
ClockSkew cluster_check_clock(int64_t skew_ms);

/* The bundle must be for this version and architecture, and have the images that kubeadm asks
 * for. */
Str cluster_check_bundle(const Bundle *bundle,
                         KubeVersion version,
                         Str architecture,
                         Str image_repository,
                         Arena *arena);
