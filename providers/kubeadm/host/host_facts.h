/* host_facts: facts about a machine, from the output of one script (host_facts.sh).
 *
 * The output is untrusted: unknown names and overlong values are ignored, control characters are
 * removed. Texts are in the arena of the call or refer to the output. */
#pragma once

#include "kube_version.h"
#include "node_runtime.h"
#include "vec.h"

/* "eth0 52:54:00:00:00:01": a name and the rest of the line. */
typedef struct NamedText {
    Str name;
    Str text;
} NamedText;

typedef VEC(NamedText) NamedTexts;

typedef struct HostFacts {
    int64_t time_ms; /* the machine's clock at the end of the script */
    uint64_t user;   /* user ID of the script; 0: root; UINT64_MAX: unknown */
    Str os_id;       /* debian */
    Str os_version;
    Str os_like;
    Str os_name;
    Str kernel;
    Str machine; /* x86_64 */
    Str hostname;
    uint64_t processors;
    uint64_t memory_kib;
    uint64_t swap_kib;
    Str machine_id;
    Str product_uuid; /* empty: not readable */
    Str boot_id;
    Str cgroup;             /* cgroup2fs: version 2 */
    Str init;               /* systemd */
    Str container;          /* lxc; "none" or empty: not a container */
    Str time_synchronized;  /* "yes", "no"; empty: unknown */
    Str selinux;            /* "1": enforcing, "0": permissive; empty: disabled */
    Str selinux_containers; /* "yes": its policy has domains of containers */
    Str apparmor;
    Str ca_certificate; /* PEM */
    Str marker;         /* content of /etc/loam/node.json, which loam wrote */
    Str restored;       /* the snapshot of an etcd whose restore is not finished; empty: none */
    Str kubelet_certificate;    /* file of the kubelet's client certificate; empty: it has none */
    Str serving_certificate;    /* PEM, of a kubelet that asks the cluster for it */
    Str kubelet_flags;          /* content of /var/lib/kubelet/kubeadm-flags.env */
    Str kubelet_own_flags;      /* names of the flags there that loam has changed: "v max-pods" */
    Str unfinished;             /* "yes": loam began an init or join that has not succeeded */
    Str changing;               /* "yes": a change of the cluster's configuration has not ended */
    Str former_files;           /* "yes": a step that changes the control plane has not ended */
    Str runtime_endpoint;       /* URL in the configuration of crictl; empty: none */
    Str staged_kubelet;         /* version of a kubelet that the upgrade of the node will install */
    Str server_version;         /* of the API server in its manifest: v1.34.4 */
    Str server_repository;      /* of its image: "registry.k8s.io" */
    NamedTexts certificates;    /* of a control plane: file, certificate in PEM as Base64 */
    NamedTexts interfaces;      /* name, MAC */
    NamedTexts addresses;       /* name of the interface, address with prefix length */
    NamedTexts routes;          /* name of the interface, gateway */
    NamedTexts free_kib;        /* directory, free space */
    NamedTexts sysctls;         /* name, value */
    NamedTexts versions;        /* program, version */
    NamedTexts containerd_kept; /* root, state, oom_score in its configuration */
    NamedTexts running;         /* program, version of its process if the file was replaced since */
    StrVec listening;           /* "*:6443" */
    StrVec modules;
    StrVec programs;
    StrVec firewalls; /* that filter packets: "firewalld", "ufw" */
    StrVec read_only; /* directories that cannot be written */
    StrVec active;    /* units of systemd */
    StrVec steps;     /* ids of remote steps whose markers are on the machine */
    StrVec rounds;    /* versions between of an upgrade that the machine has not completed */
    StrVec existing;  /* paths of a cluster's files */
} HostFacts;

/* Returns the script, a constant. It changes nothing on the machine and needs no privileges. With
 * the argument HOST_FACTS_CLOCK, it also reads time_synchronized, for which systemd starts a
 * service. */
const char *host_facts_script(void);
#define HOST_FACTS_CLOCK STR("clock")
/* Same, for a script that prints only the certificates and the time. */
const char *host_facts_certificates_script(void);

/* Parses the output. Returns false if it is incomplete or too large. */
MUST_USE bool host_facts_parse(Str output, HostFacts *out, Arena *arena);

/* Returns the first text of this name; empty if none. */
Str host_facts_find(const NamedTexts *texts, const char *name);
/* Returns "amd64" or "arm64", else the kernel's name of the architecture. */
Str host_facts_architecture(const HostFacts *facts);
/* Returns the version of the kubelet's process, or of its file if it does not run. */
Str host_facts_running_kubelet(const HostFacts *facts);
/* Returns the container runtime of the configuration of crictl, else the one that is installed;
 * containerd if both or none is. */
const NodeRuntime *host_facts_runtime(const HostFacts *facts);
bool host_facts_is_container(const HostFacts *facts);

/* The role of a machine in a cluster, derived from its files. */
typedef enum HostState {
    HOST_CLEAN,   /* no files of a cluster */
    HOST_PARTIAL, /* an init or join was interrupted, or has failed */
    HOST_WORKER,  /* joined as a worker: the kubelet has its certificate */
    HOST_CONTROL_PLANE,
} HostState;
HostState host_facts_state(const HostFacts *facts);
/* Returns whether the machine has a certificate authority other than this one (PEM). False if it
 * has none. */
bool host_facts_is_foreign(const HostFacts *facts, Str ca_certificate);
