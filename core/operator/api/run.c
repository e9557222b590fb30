#include "run.h"

typedef struct RunApply RunApply;
typedef struct RunOutputs RunOutputs;
typedef struct RunJobs RunJobs;

/* Names. */

const char *run_type_name(unsigned type) {
    static const char *const names[] = {[RUN_PLAN] = "Plan",
                                        [RUN_APPLY] = "Apply",
                                        [RUN_DRIFT] = "Drift",
                                        [RUN_DESTROY] = "Destroy"};
    return names[type];
}

const char *run_cause_name(unsigned cause) {
    static const char *const names[] = {
        [RUN_CAUSE_SPEC] = "Spec",
        [RUN_CAUSE_SOURCE] = "Source",
        [RUN_CAUSE_DEPENDENCY] = "Dependency",
        [RUN_CAUSE_DRIFT] = "Drift",
        [RUN_CAUSE_INTERVAL] = "Interval",
        [RUN_CAUSE_REQUEST] = "Request",
        [RUN_CAUSE_RETRY] = "Retry",
        [RUN_CAUSE_DELETE] = "Delete",
    };
    return names[cause];
}

static const char *run_phase_name(unsigned phase) {
    static const char *const names[] = {
        [RUN_PHASE_QUEUED] = "Queued",     [RUN_PHASE_PLANNING] = "Planning",
        [RUN_PHASE_WAITING] = "Waiting",   [RUN_PHASE_APPLYING] = "Applying",
        [RUN_PHASE_COMPLETE] = "Complete", [RUN_PHASE_FAILED] = "Failed",
    };
    return names[phase];
}

/* Rows. */

static const RecordRow artifact_rows[] = {
    ROW_TEXT(Artifact, "url", url),
    ROW_TEXT(Artifact, "digest", digest),
};
const Record artifact_record = RECORD(Artifact, artifact_rows);

static const RecordRow counts_rows[] = {
    ROW_UINT32(ChangeCounts, "add", add),         ROW_UINT32(ChangeCounts, "change", change),
    ROW_UINT32(ChangeCounts, "destroy", destroy), ROW_UINT32(ChangeCounts, "replace", replace),
    ROW_UINT32(ChangeCounts, "import", import),   ROW_UINT32(ChangeCounts, "forget", forget),
};
const Record change_counts_record = RECORD(ChangeCounts, counts_rows);

static const RecordRow state_version_rows[] = {
    ROW_TEXT(StateVersion, "lineage", lineage),
    ROW_UINT64(StateVersion, "serial", serial),
};
const Record state_version_record = RECORD(StateVersion, state_version_rows);

static const RecordRow run_plan_rows[] = {
    ROW_TEXT(RunPlan, "name", name),
    ROW_TEXT(RunPlan, "digest", digest),
    ROW_TEXT(RunPlan, "code", code),
    ROW_OBJECT(RunPlan, "changes", counts, ChangeCounts, change_counts_record),
    ROW_FLAG(RunPlan, "verified", is_verified),
    ROW_OBJECT(RunPlan, "state", state, StateVersion, state_version_record),
};
static const Record run_plan_record = RECORD(RunPlan, run_plan_rows);

static const RecordRow drift_rows[] = {
    ROW_UINT32(RunDrift, "count", count),
    ROW_TEXT(RunDrift, "digest", digest),
    ROW_TEXTS(RunDrift, "addresses", addresses),
};
const Record run_drift_record = RECORD(RunDrift, drift_rows);

static const RecordRow apply_rows[] = {
    ROW_OBJECT(RunApply, "state", state, StateVersion, state_version_record),
    ROW_UINT32(RunApply, "added", added),
    ROW_UINT32(RunApply, "changed", changed),
    ROW_UINT32(RunApply, "destroyed", destroyed),
};
static const Record apply_record = RECORD(RunApply, apply_rows);

static const RecordRow run_outputs_rows[] = {
    ROW_TEXT(RunOutputs, "digest", digest),
    ROW_TEXTS(RunOutputs, "names", names),
};
static const Record run_outputs_record = RECORD(RunOutputs, run_outputs_rows);

static const RecordRow jobs_rows[] = {
    ROW_OBJECT(RunJobs, "plan", plan, ObjectIdentity, object_identity_record),
    ROW_OBJECT(RunJobs, "apply", apply, ObjectIdentity, object_identity_record),
};
static const Record jobs_record = RECORD(RunJobs, jobs_rows);

static const RecordRow run_spec_rows[] = {
    ROW_OBJECT(RunSpec, "stack", stack, ObjectIdentity, object_identity_record),
    ROW_NAME(RunSpec, "type", type, RunType, run_type_name, RUN_DESTROY + 1),
    ROW_TEXT(RunSpec, "trigger", trigger),
    ROW_NAME(RunSpec, "reason", cause, RunCause, run_cause_name, RUN_CAUSE_DELETE + 1),
    ROW_TEXT(RunSpec, "revision", revision, .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunSpec, "artifact", artifact, Artifact, artifact_record, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunSpec, "image", image, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunSpec, "requestedAt", requested_at, .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunSpec, "planFor", plan_for, ObjectIdentity, object_identity_record,
               .flags = ROW_OPTIONAL),
    ROW_TEXT(RunSpec, "inputs", inputs, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunSpec, "settings", settings, .flags = ROW_OPTIONAL),
    ROW_TEXTS(RunSpec, "unknown", unknown, .flags = ROW_OPTIONAL),
    ROW(RunSpec, "template", template, StackSpec, stack_spec_codec),
};
static const Record run_spec_record = RECORD(RunSpec, run_spec_rows);

/* A merge patch removes no member by leaving it out, so all are written. */
static const RecordRow run_status_rows[] = {
    ROW_NAME(RunStatus, "phase", phase, RunPhase, run_phase_name, RUN_PHASE_FAILED + 1),
    ROW_NAME(RunStatus, "reason", reason, Reason, reason_name, REASON_COUNT),
    ROW_TEXT(RunStatus, "message", message),
    ROW_LIST(RunStatus, "conditions", conditions, StatusCondition, status_condition_record),
    ROW_OBJECT(RunStatus, "plan", plan, RunPlan, run_plan_record),
    ROW_OBJECT(RunStatus, "apply", apply, RunApply, apply_record),
    ROW_OBJECT(RunStatus, "outputs", outputs, RunOutputs, run_outputs_record),
    ROW_TEXTS(RunStatus, "kinds", kinds),
    ROW_OBJECT(RunStatus, "drift", drift, RunDrift, run_drift_record),
    ROW_OBJECT(RunStatus, "jobs", jobs, RunJobs, jobs_record),
    ROW_TEXTS(RunStatus, "approvedBy", approved_by),
    ROW_UINT32(RunStatus, "attempts", attempts),
    ROW_TIME(RunStatus, "queuedAt", queued_ms),
    ROW_TIME(RunStatus, "startedAt", started_ms),
    ROW_TIME(RunStatus, "plannedAt", planned_ms),
    ROW_TIME(RunStatus, "approvedAt", approved_ms),
    ROW_TIME(RunStatus, "finishedAt", finished_ms),
};
const Record run_status_record = RECORD(RunStatus, run_status_rows);

static const RecordRow run_rows[] = {
    ROW_OBJECT(Run, "metadata", meta, ObjectMeta, object_meta_record),
    ROW_OBJECT(Run, "spec", spec, RunSpec, run_spec_record),
    ROW_OBJECT(Run, "status", status, RunStatus, run_status_record),
};
const Record run_record = RECORD(Run, run_rows);
const Record run_new_record = {.rows = run_rows, .count = 2, .size = sizeof(Run)};

bool run_applies(const Run *run) {
    return run->status.approved_ms != 0 && !run_is_finished(run);
}

bool run_is_finished(const Run *run) {
    return run->status.finished_ms != 0;
}

bool run_has_succeeded(const Run *run) {
    return run_is_finished(run) && reason_row(run->status.reason)->ready == CONDITION_TRUE;
}
