/* node_files: the files that make a machine a node, as texts: kernel settings, container runtime,
 * kubelet units. Pure; equal settings give equal texts, so an upload is skipped if its digest is
 * equal. */
#pragma once

#include "kube_version.h"
#include "vec.h"

/* Where images of a registry come from. */
typedef struct RegistryMirror {
    Str host;         /* registry.k8s.io, as images name it */
    StrVec endpoints; /* https://mirror.example; empty: the registry itself */
    Str user;         /* empty: no login */
    Str password;
    Str ca_path; /* file of an authority on the machine; empty: those of the system */
} RegistryMirror;

typedef struct NodeSettings {
    KubeVersion containerd;   /* 1.6.20, 2.1.0 */
    Str sandbox_image;        /* the image that kubeadm asks for */
    bool is_container;        /* the kernel belongs to the hypervisor: no kernel settings */
    bool restricts_oom_score; /* processes may not lower their OOM score, as in containers */
    bool has_ipv6;
    bool has_own_units; /* the programs come from a bundle, without units */
    VEC(RegistryMirror) mirrors;
    Str http_proxy;
    Str https_proxy;
    Str no_proxy; /* see node_files_no_proxy */
} NodeSettings;

/* The service that a change of the file concerns. */
typedef enum NodeService {
    SERVICE_NONE,
    SERVICE_KERNEL,
    SERVICE_CONTAINERD,
    SERVICE_KUBELET
} NodeService;

typedef struct NodeFile {
    const char *path; /* NULL: name */
    Str name;         /* path that depends on the settings */
    Str text;
    uint32_t mode;
    bool is_secret;
    NodeService service; /* to restart after a change; SERVICE_NONE: it reads the file at need */
} NodeFile;

typedef VEC(NodeFile) NodeFiles;

/* Adds the files. Returns an empty text, or a sentence if a setting cannot be written. */
Str node_files_list(const NodeSettings *settings, NodeFiles *out, Arena *arena);
Str node_files_path(const NodeFile *file);
/* Joins the hosts and networks that must be reached directly: those of the cluster, its service
 * names, and `more` (separated by commas); without duplicates. */
Str node_files_no_proxy(const StrVec *cluster, Str more, Arena *arena);
