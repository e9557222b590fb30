/* pending_action: the names of actions in journals. */
#include "pending_action.h"

static const char *const names[] = {
    [PENDING_NONE] = "",           [PENDING_CREATE] = "create", [PENDING_UPDATE] = "update",
    [PENDING_REPLACE] = "replace", [PENDING_DELETE] = "delete",
};
static_assert(ARRAY_COUNT(names) == PENDING_DELETE + 1, "every action has a name");

const char *pending_action_name(PendingAction action) {
    return names[action];
}
