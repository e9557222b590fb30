/* Run: one attempt to bring a Stack to its configuration: a plan, perhaps an approval, an apply.
 * Its spec never changes, and only the operator makes and changes Runs. */
#pragma once

#include "reason.h"
#include "stack_spec.h"

typedef enum RunType { RUN_PLAN, RUN_APPLY, RUN_DRIFT, RUN_DESTROY } RunType;

/* Why the Run exists. */
typedef enum RunCause {
    RUN_CAUSE_SPEC,
    RUN_CAUSE_SOURCE,
    RUN_CAUSE_DEPENDENCY,
    RUN_CAUSE_DRIFT,
    RUN_CAUSE_INTERVAL,
    RUN_CAUSE_REQUEST,
    RUN_CAUSE_RETRY,
    RUN_CAUSE_DELETE,
} RunCause;

/* For people; decisions read the times and the conditions. */
typedef enum RunPhase {
    RUN_PHASE_QUEUED,
    RUN_PHASE_PLANNING,
    RUN_PHASE_WAITING,
    RUN_PHASE_APPLYING,
    RUN_PHASE_COMPLETE,
    RUN_PHASE_FAILED,
} RunPhase;

typedef struct Artifact {
    Str url;
    Str digest;
} Artifact;

extern const Record artifact_record;

typedef struct ChangeCounts {
    uint32_t add;
    uint32_t change;
    uint32_t destroy;
    uint32_t replace;
    uint32_t import;
    uint32_t forget;
} ChangeCounts;

extern const Record change_counts_record;

typedef struct StateVersion {
    Str lineage;
    uint64_t serial;
} StateVersion;

extern const Record state_version_record;

/* A plan that is stored in the backend. */
typedef struct RunPlan {
    Str name;   /* of the Run whose plan it is: another one's, if a preview was reviewed */
    Str digest; /* "sha256:…"; empty: there is no plan */
    Str code;   /* digest of the configuration */
    ChangeCounts counts;
    bool is_verified; /* the container that reports has read the plan itself */
    StateVersion state;
} RunPlan;

typedef struct RunSpec {
    ObjectIdentity stack;
    RunType type;
    Str trigger;
    RunCause cause;
    Str revision;
    Artifact artifact;
    Str image;
    Str requested_at;        /* the request that it serves */
    ObjectIdentity plan_for; /* of a preview: the Stack whose state it plans for */
    Str inputs;     /* digest: environment, workspace, variables and the outputs that they use */
    Str settings;   /* digest: all that changes a plan, but revision and request */
    StrVec unknown; /* variables of a preview whose Stack has no outputs yet */
    StackSpec template;
} RunSpec;

typedef struct RunDrift {
    uint32_t count;
    Str digest;
    StrVec addresses;
} RunDrift;

extern const Record run_drift_record;

typedef struct RunStatus {
    RunPhase phase;
    Reason reason; /* of the newest condition; of a finished Run its result */
    Str message;
    StatusConditions conditions;
    RunPlan plan;
    struct RunApply {
        StateVersion state;
        uint32_t added;
        uint32_t changed;
        uint32_t destroyed;
    } apply;
    struct RunOutputs {
        Str digest;
        StrVec names;
    } outputs;
    StrVec kinds; /* that the Stack follows: see StackStatus */
    RunDrift drift;
    struct RunJobs {
        ObjectIdentity plan;
        ObjectIdentity apply;
    } jobs;
    StrVec approved_by; /* users whose Approval counts */
    uint32_t attempts;  /* plan Jobs whose result was lost */
    int64_t queued_ms;
    int64_t started_ms;
    int64_t planned_ms;
    int64_t approved_ms;
    int64_t finished_ms; /* 0: not finished */
} RunStatus;

typedef struct Run {
    ObjectMeta meta;
    RunSpec spec;
    RunStatus status;
} Run;

/* Reads and writes whole objects. */
extern const Record run_record;
extern const Record run_status_record;
/* Writes metadata and spec alone, as an object is created. */
extern const Record run_new_record;

const char *run_type_name(unsigned type);
const char *run_cause_name(unsigned cause);
/* Whether it has begun to apply, so that news must wait for its end. */
bool run_applies(const Run *run);
bool run_is_finished(const Run *run);
/* Whether a finished Run reached its aim. */
bool run_has_succeeded(const Run *run);
