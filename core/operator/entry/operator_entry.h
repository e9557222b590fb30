/* operator_entry: the controller of the operator, in a module that is opened at the first use.
 *
 * Informers keep the objects of the cluster, an event puts keys into a queue, a worker takes a key,
 * decides, and does the steps. The controller remembers nothing that a restart would lose. */
#pragma once

#include "kube_client.h"

typedef struct OperatorSettings {
    const Io *io;
    const KubeTarget *target;
    const CancelToken *cancel;
    Arena *arena;        /* receives the problem */
    Str name;            /* of this controller: in events and in the Lease */
    Str lease_namespace; /* empty: other controllers are not asked */
    Str lease;           /* name of the Lease of the leader */
    Str shard;           /* value of the label of its Stacks; empty: those without the label */
    Str metrics_address; /* of GET /metrics, such as ":8080"; empty: not served */
    Str health_address;  /* of GET /healthz and /readyz */
    Str events_address;  /* URL of Flux's notification-controller; empty: no events are posted */
    Str image;           /* of the pods of new Runs */
    StrVec images;       /* patterns of other images that Stacks may name */
    Str log_level;
    bool is_cross_allowed;     /* Stacks may refer to objects of other namespaces */
    bool has_separate_duties;  /* who requests a Run may not approve it */
    int64_t takeover_after_ms; /* how long a node must be lost; 0: no takeover */
    size_t workers;            /* 0: 4 */
} OperatorSettings;

/* The work of one container of a Run's pod. */
typedef enum OperatorWork { OPERATOR_SOURCE, OPERATOR_RUN, OPERATOR_REPORT } OperatorWork;

typedef struct OperatorPod {
    const Io *io;
    const CancelToken *cancel;
    OperatorWork work;
    Str program; /* path of this program */
} OperatorPod;

typedef struct OperatorEntry {
    /* Waits until it is the leader, and works until the token is raised. Returns false if it is no
     * leader any more, an address cannot be served, or the system has no more threads; *problem is
     * then a sentence. */
    bool (*run)(const OperatorSettings *settings, Str *problem);
    /* Returns the exit status of the container. */
    int (*work)(const OperatorPod *pod);
} OperatorEntry;

/* In the module. */
extern const OperatorEntry operator_entry __attribute__((weak));

/* NULL: the module cannot be loaded; *problem is the end of a sentence. */
const OperatorEntry *operator_entry_load(Str *problem, Arena *arena);
