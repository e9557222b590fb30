/* Decision: what the operator does next for one object, as data. Each step is one request, and may
 * be repeated: it creates an object with a name that follows from its purpose, or patches an object
 * only in the version that was seen. Steps are done in their order; the first that fails ends the
 * decision, and the object is looked at again. */
#pragma once

#include "lane.h"
#include "stack.h"

typedef enum StepKind {
    STEP_ADD_FINALIZER,
    STEP_REMOVE_FINALIZER,
    STEP_STACK_STATUS,
    STEP_RUN_STATUS,
    STEP_LANE_STATUS,
    STEP_CREATE_KEY, /* a Secret with the key of the Stack's plans */
    STEP_CREATE_RUN,
    STEP_DELETE_RUN,
    STEP_CREATE_PLAN_JOB,
    STEP_CREATE_APPLY_JOB,
    STEP_DELETE_JOB,  /* in the foreground: its pods end first */
    STEP_RELEASE_POD, /* declares a pod on a lost node as failed, so that its Job replaces it */
    STEP_EVENT,
    STEP_WAKE, /* look at the object again at this time; no request */
} StepKind;

typedef struct DecisionEvent {
    const char *reason;
    Str message;
    Str run; /* once for each Run and reason */
} DecisionEvent;

typedef struct DecisionStep {
    StepKind kind;
    const ObjectMeta *object; /* that is changed or deleted; of an event, its subject */
    union {
        const StackStatus *stack_status;
        const RunStatus *run_status;
        const LaneStatus *lane_status;
        const Run *run;     /* to create, or whose Job is created */
        ObjectIdentity job; /* to delete, in the namespace of `object`; no UID: any */
        DecisionEvent event;
        int64_t wake_ms; /* Unix time */
    };
} DecisionStep;

typedef struct Decision {
    VEC(DecisionStep) steps;
} Decision;

/* Settings of the operator that decisions depend on. */
typedef struct DecideOptions {
    Str image;                 /* of new Runs */
    StrVec images;             /* patterns of others that Stacks may name */
    bool is_cross_allowed;     /* objects of other namespaces may be referred to */
    bool has_separate_duties;  /* who requests a Run may not approve it */
    int64_t takeover_after_ms; /* how long a node must be lost; 0: no takeover */
} DecideOptions;

/* Puts a step before all others. */
void decision_put_first(Decision *decision, DecisionStep step, Arena *arena);
