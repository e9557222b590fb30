/* host_facts: facts about a machine, from the output of one script (host_facts.sh).
 *
 * The output is untrusted text of a machine: unknown names are ignored, control characters are
 * removed, sizes are limited. */
#pragma once

#include "kube_version.h"
#include "vec.h"

/* "eth0 52:54:00:00:00:01": a name and the rest of the line. */
typedef struct NamedText {
    Str name;
    Str text;
} NamedText;

typedef VEC(NamedText) NamedTexts;

typedef struct HostFacts {
    int64_t time_ms; /* of the machine, when the script ended */
    uint64_t user;   /* 0: the script ran as root */
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
    Str product_uuid; /* empty: unreadable, or a container */
    Str boot_id;
    Str cgroup;    /* cgroup2fs: version 2 */
    Str init;      /* systemd */
    Str container; /* lxc; "none" or empty: not a container */
    Str time_synchronized;
    Str selinux; /* "1": enforcing */
    Str apparmor;
    Str ca_certificate;    /* PEM */
    Str marker;            /* JSON that loam wrote to the machine */
    NamedTexts interfaces; /* name, MAC */
    NamedTexts addresses;  /* name of the interface, address with prefix length */
    NamedTexts routes;     /* name of the interface, gateway */
    NamedTexts free_kib;   /* directory, free space */
    NamedTexts sysctls;    /* name, value */
    NamedTexts versions;   /* program, version */
    StrVec listening;      /* "*:6443" */
    StrVec modules;
    StrVec programs;
    StrVec active;   /* units of systemd */
    StrVec existing; /* paths of a cluster's files */
} HostFacts;

/* Returns the script; it changes nothing, and works as any user. */
const char *host_facts_script(void);

/* Returns false if the output is not that of the whole script. */
MUST_USE bool host_facts_parse(Str output, HostFacts *out, Arena *arena);

/* Returns the text of this name, or an empty text. */
Str host_facts_find(const NamedTexts *texts, const char *name);
/* Returns "amd64" or "arm64", else the kernel's name of the architecture. */
Str host_facts_architecture(const HostFacts *facts);
bool host_facts_is_container(const HostFacts *facts);

/* What the files of a machine show about its part in a cluster. */
typedef enum HostState {
    HOST_CLEAN,   /* no file of a cluster */
    HOST_PARTIAL, /* an init or join began, and did not end */
    HOST_WORKER,  /* joined */
    HOST_CONTROL_PLANE,
} HostState;
HostState host_facts_state(const HostFacts *facts);
/* Returns whether the machine has the certificate of another authority than this one (PEM). */
bool host_facts_is_foreign(const HostFacts *facts, Str ca_certificate);
