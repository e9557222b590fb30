/* Reason: why a Stack or a Run is in its condition. One row each: the name that users see, and what
 * the reason makes of the conditions Ready, Reconciling and Stalled. */
#pragma once

#include "object_meta.h"

/* Bytes of a message, without the "…" of a longer one. */
#define REASON_MESSAGE_MAX 1000

typedef enum Reason {
    REASON_NONE,
    /* A Run is on its way. */
    REASON_PROGRESSING,
    REASON_QUEUED,
    REASON_PLANNING,
    REASON_APPLYING,
    REASON_RETRYING,
    /* Something that is needed is missing. */
    REASON_SOURCE_NOT_READY,
    REASON_DEPENDENCY_NOT_READY,
    REASON_OUTPUT_UNKNOWN,
    REASON_POD_NOT_CREATED,
    /* A plan waits for a person. */
    REASON_APPROVAL_REQUIRED,
    REASON_REVIEW_REQUIRED,
    /* Done. */
    REASON_APPLIED,
    REASON_NO_CHANGES,
    REASON_PLAN_READY,
    REASON_DRIFT_DETECTED,
    REASON_DESTROYED,
    /* A Run failed; another may succeed. */
    REASON_PLAN_FAILED,
    REASON_APPLY_FAILED,
    REASON_LOCK_HELD,
    REASON_TIMEOUT,
    REASON_OUT_OF_MEMORY,
    REASON_IMAGE_PULL,
    REASON_UNSCHEDULABLE,
    REASON_NODE_LOST,
    REASON_DIGEST_MISMATCH,
    /* The Run is out of date; the next one plans again. */
    REASON_SUPERSEDED,
    /* A person must act. */
    REASON_RETRIES_EXHAUSTED,
    REASON_REJECTED,
    REASON_INVALID_SPEC,
    REASON_KEY_MISSING,
    REASON_OUTCOME_UNKNOWN,
    REASON_STATE_REGRESSED,
    REASON_POLICY_DENIED,
    REASON_DESTROY_BLOCKED,
    REASON_COUNT,
} Reason;

typedef struct ReasonRow {
    const char *name;
    ConditionStatus ready;
    bool is_reconciling;
    bool is_stalled;
    bool may_pass; /* a later Run with the same input may succeed */
} ReasonRow;

const ReasonRow *reason_row(Reason reason);
/* The name of a reason; the type is that of RecordRow.name. */
const char *reason_name(unsigned reason);

typedef struct ReasonTime {
    int64_t now_ms;
    int64_t generation; /* of the object */
} ReasonTime;

/* Sets Ready, Reconciling and Stalled by the reason. The message is cut at 1,024 bytes. */
void reason_set_conditions(StatusConditions *conditions, Reason reason, Str message, ReasonTime at,
                           Arena *arena);
