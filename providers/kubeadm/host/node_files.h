/* node_files: the contents of the files that a node needs: kernel settings, container runtime,
 * kubelet units. Equal settings give equal contents, so an upload with an equal digest can be
 * skipped. */
#pragma once

#include "kube_version.h"
#include "node_runtime.h"
#include "vec.h"

/* The mirrors and credentials of an image registry. */
typedef struct RegistryMirror {
    Str host; /* the registry in image names, such as registry.k8s.io */
    StrVec
        endpoints; /* URLs of mirrors, such as https://mirror.example; empty: the registry itself */
    Str user;      /* empty: anonymous */
    Str password;
    Str ca_path; /* certificate authority on the machine; empty: those of the system */
} RegistryMirror;

typedef struct NodeSettings {
    const NodeRuntime *runtime;
    KubeVersion runtime_version;
    Str sandbox_image;        /* pause image that kubeadm requires */
    bool is_container;        /* the kernel is that of the hypervisor: writes no kernel settings */
    bool restricts_oom_score; /* processes cannot lower their OOM score, for example in a container
                               */
    bool has_ipv6;
    bool is_image;    /* the system is an image without packages, whose unit of containerd reads the
                       * path of its configuration from a variable */
    bool has_selinux; /* pods get labels of SELinux */
    Str prefix;       /* directory of programs; empty: NODE_FILES_PREFIX */
    bool has_own_runtime; /* its program comes from a bundle, without a unit */
    bool has_own_kubelet;
    VEC(RegistryMirror) mirrors;
    Str http_proxy;
    Str https_proxy;
    Str no_proxy; /* see node_files_no_proxy */
} NodeSettings;

/* The service that must be restarted after a change of a file. */
typedef enum NodeService {
    SERVICE_NONE,
    SERVICE_KERNEL,
    SERVICE_RUNTIME,
    SERVICE_KUBELET,
    SERVICE_PACKAGES /* no service: lists of packages are read again */
} NodeService;

typedef struct NodeFile {
    const char *path; /* constant path; NULL: see name */
    Str name;         /* path that depends on the settings, if `path` is NULL */
    Str text;
    uint32_t mode;
    bool is_secret;      /* the text contains a password */
    NodeService service; /* SERVICE_NONE: no restart is needed */
} NodeFile;

typedef VEC(NodeFile) NodeFiles;

#define NODE_FILES_PREFIX       "/usr/local/bin"
#define NODE_FILES_OTHER_PREFIX "/opt/bin" /* where the former is read-only */

/* Returns the directory of programs of a bundle. */
Str node_files_prefix(const NodeSettings *settings);
/* Appends the files to *out. Returns an empty text, or an error text if a setting is invalid. */
Str node_files_list(const NodeSettings *settings, NodeFiles *out, Arena *arena);
/* Returns the path of the file on the machine. */
Str node_files_path(const NodeFile *file);
/* Returns the value of NO_PROXY: local names, the names of cluster services, the networks and hosts
 * in `cluster`, and `more` (separated by commas), without duplicates. */
Str node_files_no_proxy(const StrVec *cluster, Str more, Arena *arena);
