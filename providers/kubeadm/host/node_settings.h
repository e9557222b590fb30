/* NodeSettings: what the files of a node follow from. */
#pragma once

#include "kube_version.h"
#include "node_runtime.h"
#include "value.h"
#include "vec.h"

/* The mirrors and credentials of an image registry. */
typedef struct RegistryMirror {
    Str host; /* the registry in image names, such as registry.k8s.io */
    StrVec
        endpoints; /* URLs of mirrors, such as https://mirror.example; empty: the registry itself */
    Str user;      /* empty: anonymous */
    Str password;
    Str ca_path; /* certificate authority on the machine; empty: those of the system */
    Str ca;      /* that authority in PEM instead; empty: none */
} RegistryMirror;

/* A program that runs pods whose RuntimeClass names it. */
typedef struct RuntimeHandler {
    Str name;
    Str type;      /* of containerd: io.containerd.runc.v2 */
    Str binary;    /* path; empty: that of the type */
    Value options; /* map of strings or null: further options of containerd's type */
    Str cni_conf_dir;
    StrVec pod_annotations; /* that the program gets */
} RuntimeHandler;

typedef struct NodeSettings {
    const NodeRuntime *runtime;
    KubeVersion runtime_version;
    Str sandbox_image;        /* pause image that kubeadm requires */
    bool is_container;        /* the kernel is that of the hypervisor: writes no kernel settings */
    bool restricts_oom_score; /* processes cannot lower their OOM score, for example in a container
                               */
    bool has_ipv6;
    bool is_hardened; /* files are for root only, kernel settings are those that the kubelet
                         protects */
    bool is_image;    /* the system is an image without packages, whose unit of containerd reads the
                       * path of its configuration from a variable */
    bool has_selinux; /* pods get labels of SELinux */
    Str prefix;       /* directory of programs; empty: NODE_FILES_PREFIX of node_files */
    bool has_own_runtime; /* its program comes from a bundle, without a unit */
    bool has_own_kubelet;
    VEC(RegistryMirror) mirrors;
    VEC(RuntimeHandler) handlers; /* beside runc */
    Value more;                   /* object or null: more of containerd's configuration */
    Value kept; /* map or null: root, state, oom_score that the machine had before */
    Str http_proxy;
    Str https_proxy;
    Str no_proxy; /* see node_files_no_proxy */
} NodeSettings;
