/* action: names and symbols of actions, names of reasons. */
#include "action.h"

static const char *const NAMES[] = {
    [ACTION_NO_OP] = "noop",
    [ACTION_CREATE] = "create",
    [ACTION_READ] = "read",
    [ACTION_UPDATE] = "update",
    [ACTION_DELETE_THEN_CREATE] = "replace",
    [ACTION_CREATE_THEN_DELETE] = "replace",
    [ACTION_DELETE] = "delete",
    [ACTION_FORGET] = "remove",
    [ACTION_FORGET_THEN_CREATE] = "replace",
};
static_assert(ARRAY_COUNT(NAMES) == ACTION_FORGET_THEN_CREATE + 1, "a name for each action");

static const char *const GLYPHS[] = {
    [ACTION_NO_OP] = "",
    [ACTION_CREATE] = "+",
    [ACTION_READ] = "<=",
    [ACTION_UPDATE] = "~",
    [ACTION_DELETE_THEN_CREATE] = "-/+",
    [ACTION_CREATE_THEN_DELETE] = "+/-",
    [ACTION_DELETE] = "-",
    [ACTION_FORGET] = ".",
    [ACTION_FORGET_THEN_CREATE] = "./+",
};
static_assert(ARRAY_COUNT(GLYPHS) == ACTION_FORGET_THEN_CREATE + 1, "a glyph for each action");

static const char *const REASONS[] = {
    [REASON_NONE] = "",
    [REASON_REPLACE_BECAUSE_TAINTED] = "replace_because_tainted",
    [REASON_REPLACE_BY_REQUEST] = "replace_by_request",
    [REASON_REPLACE_BY_TRIGGERS] = "replace_by_triggers",
    [REASON_REPLACE_BECAUSE_CANNOT_UPDATE] = "replace_because_cannot_update",
    [REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG] = "delete_because_no_resource_config",
    [REASON_DELETE_BECAUSE_WRONG_REPETITION] = "delete_because_wrong_repetition",
    [REASON_DELETE_BECAUSE_COUNT_INDEX] = "delete_because_count_index",
    [REASON_DELETE_BECAUSE_EACH_KEY] = "delete_because_each_key",
    [REASON_DELETE_BECAUSE_ENABLED_FALSE] = "delete_because_enabled_false",
    [REASON_DELETE_BECAUSE_NO_MODULE] = "delete_because_no_module",
    [REASON_DELETE_BECAUSE_NO_MOVE_TARGET] = "delete_because_no_move_target",
    [REASON_READ_BECAUSE_CONFIG_UNKNOWN] = "read_because_config_unknown",
    [REASON_READ_BECAUSE_DEPENDENCY_PENDING] = "read_because_dependency_pending",
    [REASON_READ_BECAUSE_CHECK_NESTED] = "read_because_check_nested",
    [REASON_READ_BECAUSE_DEFERRED] = "read_because_deferred",
    [REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_STATE] =
        "forgot_because_lifecycle_destroy_in_state",
    [REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG] =
        "forgot_because_lifecycle_destroy_in_config",
};
static_assert(ARRAY_COUNT(REASONS) == REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG + 1,
              "a name for each reason");

const char *action_name(Action action) {
    return NAMES[action];
}

const char *action_glyph(Action action) {
    return GLYPHS[action];
}

bool action_is_replace(Action action) {
    return action == ACTION_DELETE_THEN_CREATE || action == ACTION_CREATE_THEN_DELETE;
}

bool action_deletes(Action action) {
    return action == ACTION_DELETE || action == ACTION_FORGET || action_is_replace(action);
}

const char *action_reason_name(ActionReason reason) {
    return REASONS[reason];
}
