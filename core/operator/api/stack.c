#include "stack.h"

typedef struct StackPlan StackPlan;
typedef struct StackOutputs StackOutputs;

static const RecordRow last_run_rows[] = {
    ROW_TEXT(StackLastRun, "name", name),
    ROW_NAME(StackLastRun, "type", type, RunType, run_type_name, RUN_DESTROY + 1),
    ROW_NAME(StackLastRun, "reason", cause, RunCause, run_cause_name, RUN_CAUSE_DELETE + 1),
    ROW_TEXT(StackLastRun, "trigger", trigger),
    ROW_TEXT(StackLastRun, "revision", revision),
    ROW_TIME(StackLastRun, "finishedAt", finished_ms),
    ROW_NAME(StackLastRun, "result", result, Reason, reason_name, REASON_COUNT),
    ROW_TEXT(StackLastRun, "message", message),
    ROW_OBJECT(StackLastRun, "state", state, StateVersion, state_version_record),
};
static const Record last_run_record = RECORD(StackLastRun, last_run_rows);

static const RecordRow stack_plan_rows[] = {
    ROW_TEXT(StackPlan, "run", run),
    ROW_TEXT(StackPlan, "digest", digest),
    ROW_TEXT(StackPlan, "code", code),
    ROW_OBJECT(StackPlan, "changes", counts, ChangeCounts, change_counts_record),
    ROW_FLAG(StackPlan, "verified", is_verified),
    ROW_TIME(StackPlan, "expiresAt", expires_ms),
    ROW_TEXTS(StackPlan, "approvals", approvals),
};
static const Record stack_plan_record = RECORD(StackPlan, stack_plan_rows);

static const RecordRow stack_outputs_rows[] = {
    ROW_TEXT(StackOutputs, "secretName", secret_name),
    ROW_TEXT(StackOutputs, "digest", digest),
    ROW_TEXTS(StackOutputs, "names", names),
};
static const Record stack_outputs_record = RECORD(StackOutputs, stack_outputs_rows);

/* A merge patch removes no member by leaving it out, so all are written. */
static const RecordRow stack_status_rows[] = {
    ROW_INT64(StackStatus, "observedGeneration", observed_generation),
    ROW_TEXT(StackStatus, "lastHandledReconcileAt", last_handled),
    ROW_LIST(StackStatus, "conditions", conditions, StatusCondition, status_condition_record),
    ROW_TEXT(StackStatus, "currentRun", current_run),
    ROW_OBJECT(StackStatus, "lastRun", last_run, StackLastRun, last_run_record),
    ROW_TEXT(StackStatus, "lastPlannedRevision", last_planned_revision),
    ROW_TEXT(StackStatus, "lastAttemptedRevision", last_attempted_revision),
    ROW_TEXT(StackStatus, "lastAppliedRevision", last_applied_revision),
    ROW_OBJECT(StackStatus, "plan", plan, StackPlan, stack_plan_record),
    ROW_OBJECT(StackStatus, "state", state, StateVersion, state_version_record),
    ROW_OBJECT(StackStatus, "outputs", outputs, StackOutputs, stack_outputs_record),
    ROW_TEXTS(StackStatus, "kinds", kinds),
    ROW_OBJECT(StackStatus, "drift", drift, RunDrift, run_drift_record),
    ROW_TIME(StackStatus, "driftSince", drift_since_ms),
    ROW_TIME(StackStatus, "changedAt", changed_ms),
    ROW_UINT32(StackStatus, "retries", retries),
    ROW_TIME(StackStatus, "nextRunAt", next_run_ms),
};
const Record stack_status_record = RECORD(StackStatus, stack_status_rows);

static const RecordRow stack_rows[] = {
    ROW_OBJECT(Stack, "metadata", meta, ObjectMeta, object_meta_record),
    ROW(Stack, "spec", spec, StackSpec, stack_spec_codec),
    ROW_OBJECT(Stack, "status", status, StackStatus, stack_status_record),
};
static void stack_begin(void *of) {
    ((Stack *)of)->status.observed_generation = -1;
}

const Record stack_record = RECORD(Stack, stack_rows, .begin = stack_begin);

bool stack_has_finalizer(const Stack *stack) {
    return str_is_among(STR(STACK_FINALIZER), stack->meta.finalizers.items,
                        stack->meta.finalizers.count);
}

bool stack_listens(const Stack *stack) {
    return str_equal_cstr(stack->meta.annotations.drift_events, "kubernetes") &&
           stack->spec.drift_mode != DRIFT_MODE_IGNORE && !stack->spec.is_plan_only;
}
