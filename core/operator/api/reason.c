#include "reason.h"

#include "utf8.h"

#define ON_ITS_WAY CONDITION_UNKNOWN, .is_reconciling = true
#define MISSING    CONDITION_FALSE, .is_reconciling = true
#define WAITS      CONDITION_FALSE
#define DONE       CONDITION_TRUE
#define MAY_PASS   CONDITION_FALSE, .is_reconciling = true, .may_pass = true
#define STALLED    CONDITION_FALSE, .is_stalled = true

static const ReasonRow reason_rows[REASON_COUNT] = {
    [REASON_NONE] = {"", ON_ITS_WAY},
    [REASON_PROGRESSING] = {"Progressing", ON_ITS_WAY},
    [REASON_QUEUED] = {"Queued", ON_ITS_WAY},
    [REASON_PLANNING] = {"Planning", ON_ITS_WAY},
    [REASON_APPLYING] = {"Applying", ON_ITS_WAY},
    [REASON_RETRYING] = {"Retrying", ON_ITS_WAY},
    [REASON_SOURCE_NOT_READY] = {"SourceNotReady", MISSING},
    [REASON_DEPENDENCY_NOT_READY] = {"DependencyNotReady", MISSING},
    [REASON_OUTPUT_UNKNOWN] = {"OutputUnknown", MISSING},
    [REASON_POD_NOT_CREATED] = {"PodNotCreated", MISSING},
    [REASON_APPROVAL_REQUIRED] = {"ApprovalRequired", WAITS},
    [REASON_REVIEW_REQUIRED] = {"ReviewRequired", WAITS},
    [REASON_APPLIED] = {"Applied", DONE},
    [REASON_NO_CHANGES] = {"NoChanges", DONE},
    [REASON_PLAN_READY] = {"PlanReady", DONE},
    [REASON_DRIFT_DETECTED] = {"DriftDetected", DONE},
    [REASON_DESTROYED] = {"Destroyed", DONE},
    [REASON_PLAN_FAILED] = {"PlanFailed", MAY_PASS},
    [REASON_APPLY_FAILED] = {"ApplyFailed", MAY_PASS},
    [REASON_LOCK_HELD] = {"LockHeld", MAY_PASS},
    [REASON_TIMEOUT] = {"Timeout", MAY_PASS},
    [REASON_OUT_OF_MEMORY] = {"OutOfMemory", MAY_PASS},
    [REASON_IMAGE_PULL] = {"ImagePull", MAY_PASS},
    [REASON_UNSCHEDULABLE] = {"Unschedulable", MAY_PASS},
    [REASON_NODE_LOST] = {"NodeLost", MAY_PASS},
    [REASON_DIGEST_MISMATCH] = {"DigestMismatch", MAY_PASS},
    [REASON_SUPERSEDED] = {"Superseded", MAY_PASS},
    [REASON_RETRIES_EXHAUSTED] = {"RetriesExhausted", STALLED},
    [REASON_REJECTED] = {"Rejected", STALLED},
    [REASON_INVALID_SPEC] = {"InvalidSpec", STALLED},
    [REASON_KEY_MISSING] = {"KeyMissing", STALLED},
    [REASON_OUTCOME_UNKNOWN] = {"OutcomeUnknown", STALLED},
    [REASON_STATE_REGRESSED] = {"StateRegressed", STALLED},
    [REASON_POLICY_DENIED] = {"PolicyDenied", STALLED},
    [REASON_DESTROY_BLOCKED] = {"DestroyBlocked", STALLED},
};

const ReasonRow *reason_row(Reason reason) {
    return &reason_rows[reason];
}

const char *reason_name(unsigned reason) {
    return reason_rows[reason].name;
}

static void set_or_drop(StatusConditions *conditions, bool is_set, StatusCondition condition,
                        Arena *arena) {
    if (is_set)
        object_meta_set_condition(conditions, condition, arena);
    else
        object_meta_drop_condition(conditions, condition.type);
}

void reason_set_conditions(StatusConditions *conditions, Reason reason, Str message, ReasonTime at,
                           Arena *arena) {
    const ReasonRow *row = &reason_rows[reason];
    StatusCondition condition = {
        .reason = str_from_cstr(row->name),
        .message = utf8_shorten(utf8_one_line(message, arena), REASON_MESSAGE_MAX, arena),
        .since_ms = at.now_ms,
        .generation = at.generation,
    };
    condition.type = STR("Ready");
    condition.status = row->ready;
    object_meta_set_condition(conditions, condition, arena);
    condition.status = CONDITION_TRUE;
    condition.type = STR("Reconciling");
    set_or_drop(conditions, row->is_reconciling, condition, arena);
    condition.type = STR("Stalled");
    set_or_drop(conditions, row->is_stalled, condition, arena);
}
