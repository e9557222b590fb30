/* RunOrder: what a pod of a Run must do. The operator writes it into an annotation of the pod, and
 * the runner reads it from a file. It has no secret: values of Secrets are in files that the order
 * names. */
#pragma once

#include "run.h"

/* A variable of the configuration: a value, or the file that has it. */
typedef struct RunOrderVariable {
    Str name;
    Str value; /* JSON; empty: the file has it */
    Str file;
    bool is_json;    /* the file has JSON, as outputs of Stacks are stored; else it is a text */
    bool is_unknown; /* of a preview: there is no value yet */
} RunOrderVariable;

typedef struct RunOrder {
    uint32_t version;
    Str phase; /* "plan" or "apply" */
    RunType type;
    NamespacedName stack;
    ObjectIdentity run;
    Str stack_uid;
    Str revision;
    Artifact artifact;
    StackSource source;
    Str path;
    Str env;
    Str workspace;
    struct RunOrderBackend {
        Str type;
        Str config; /* JSON object */
    } backend;
    VEC(RunOrderVariable) variables;
    Str plan_for; /* of a preview */
    struct RunOrderPlan {
        Str name;
        Str digest;
    } plan; /* to apply */
    uint32_t parallelism;
    Str outputs_secret;
    StrVec output_names; /* empty: all */
} RunOrder;

#define RUN_ORDER_VERSION    1
#define RUN_ORDER_ANNOTATION "infra.loam.internal/order"

extern const Record run_order_record;
