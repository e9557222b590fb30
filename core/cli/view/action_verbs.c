/* Names of operations. A replacement is reported as two operations. */
#include "view.h"

static const char *const DOING[] = {
    [ACTION_NO_OP] = "Refreshing",
    [ACTION_CREATE] = "Creating",
    [ACTION_READ] = "Reading",
    [ACTION_UPDATE] = "Modifying",
    [ACTION_DELETE_THEN_CREATE] = "Creating",
    [ACTION_CREATE_THEN_DELETE] = "Creating",
    [ACTION_DELETE] = "Destroying",
    [ACTION_FORGET] = "Removing",
    [ACTION_FORGET_THEN_CREATE] = "Creating",
};
static_assert(ARRAY_COUNT(DOING) == ACTION_FORGET_THEN_CREATE + 1, "a word for each action");

static const char *const DONE[] = {
    [ACTION_NO_OP] = "Refresh",
    [ACTION_CREATE] = "Creation",
    [ACTION_READ] = "Read",
    [ACTION_UPDATE] = "Modifications",
    [ACTION_DELETE_THEN_CREATE] = "Creation",
    [ACTION_CREATE_THEN_DELETE] = "Creation",
    [ACTION_DELETE] = "Destruction",
    [ACTION_FORGET] = "Removal",
    [ACTION_FORGET_THEN_CREATE] = "Creation",
};
static_assert(ARRAY_COUNT(DONE) == ACTION_FORGET_THEN_CREATE + 1, "a word for each action");

const char *action_verbs_doing(Action action) {
    return DOING[action];
}

const char *action_verbs_done(Action action) {
    return DONE[action];
}

const char *action_verbs_operating(const char *operation) {
    if (strcmp(operation, "open") == 0)
        return "Opening";
    if (strcmp(operation, "reconcile") == 0)
        return "Reconciling";
    if (strcmp(operation, "invoke") == 0)
        return "Invoking";
    if (strcmp(operation, "search") == 0)
        return "Searching";
    return strcmp(operation, "renew") == 0 ? "Renewing" : "Closing";
}
