/* Stack: a root module with its state, which the operator keeps applied. */
#pragma once

#include "run.h"

/* The newest finished Run. */
typedef struct StackLastRun {
    Str name;
    RunType type;
    RunCause cause;
    Str trigger;
    Str revision;
    int64_t finished_ms;
    Reason result;
    Str message;
    StateVersion state; /* that it found or left */
} StackLastRun;

typedef struct StackStatus {
    int64_t observed_generation; /* -1: never */
    Str last_handled;            /* the newest request that was served */
    StatusConditions conditions;
    Str current_run;
    StackLastRun last_run;
    Str last_planned_revision;
    Str last_attempted_revision;
    Str last_applied_revision;
    struct StackPlan {
        Str run;
        Str digest;
        Str code;
        ChangeCounts counts;
        bool is_verified;
        int64_t expires_ms;
        StrVec approvals; /* users */
    } plan;
    StateVersion state;
    struct StackOutputs {
        Str secret_name;
        Str digest;
        StrVec names;
    } outputs;
    StrVec kinds; /* of its objects that the operator follows: "apps/v1/Deployment" */
    RunDrift drift;
    int64_t drift_since_ms;
    int64_t changed_ms; /* another manager has changed one of its objects */
    uint32_t retries;   /* Runs with the trigger of the newest one, beyond the first */
    int64_t next_run_ms;
} StackStatus;

typedef struct Stack {
    ObjectMeta meta;
    StackSpec spec;
    StackStatus status;
} Stack;

/* Reads and writes whole objects. */
extern const Record stack_record;
extern const Record stack_status_record;

#define STACK_FINALIZER "infra.loam.internal/stack"

bool stack_has_finalizer(const Stack *stack);
/* Whether changes of its objects by others lead to a drift check. */
bool stack_listens(const Stack *stack);
