/* Action: the planned operation on one object. */
#pragma once

#include "str.h"

typedef enum Action {
    ACTION_NO_OP,
    ACTION_CREATE,
    ACTION_READ,
    ACTION_UPDATE,
    ACTION_DELETE_THEN_CREATE,
    ACTION_CREATE_THEN_DELETE,
    ACTION_DELETE,
    ACTION_FORGET,
    ACTION_FORGET_THEN_CREATE, /* a replacement that keeps the old object */
} Action;

/* The reason of an action that is not obvious. The names are those of plan JSON. */
typedef enum ActionReason {
    REASON_NONE,
    REASON_REPLACE_BECAUSE_TAINTED,
    REASON_REPLACE_BY_REQUEST,
    REASON_REPLACE_BY_TRIGGERS,
    REASON_REPLACE_BECAUSE_CANNOT_UPDATE,
    REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG,
    REASON_DELETE_BECAUSE_WRONG_REPETITION,
    REASON_DELETE_BECAUSE_COUNT_INDEX,
    REASON_DELETE_BECAUSE_EACH_KEY,
    REASON_DELETE_BECAUSE_ENABLED_FALSE,
    REASON_DELETE_BECAUSE_NO_MODULE,
    REASON_DELETE_BECAUSE_NO_MOVE_TARGET,
    REASON_READ_BECAUSE_CONFIG_UNKNOWN,
    REASON_READ_BECAUSE_DEPENDENCY_PENDING,
    REASON_READ_BECAUSE_CHECK_NESTED,
    REASON_READ_BECAUSE_DEFERRED, /* deferred by its provider */
    REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_STATE,
    REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG,
} ActionReason;

const char *action_name(Action action);  /* "create"; as in the UI stream */
const char *action_glyph(Action action); /* "+", "-/+", "<=" … */
/* Returns whether the action destroys the old object and creates a new one. */
bool action_is_replace(Action action);
/* Returns whether a step of its own deletes or forgets the old object; false for
 * ACTION_FORGET_THEN_CREATE, whose creation forgets it. */
bool action_deletes(Action action);
const char *action_reason_name(ActionReason reason); /* "replace_because_tainted"; "" for none */