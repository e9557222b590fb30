/* pending_action: the action of a provider call in the journal, or of a call on one part of an
 * instance. */
#pragma once

#include "str.h"

typedef enum PendingAction {
    PENDING_NONE, /* the record names no action */
    PENDING_CREATE,
    PENDING_UPDATE,
    PENDING_REPLACE, /* parts only */
    PENDING_DELETE,
} PendingAction;

/* Returns the name in journals: "create"; "" for none. */
const char *pending_action_name(PendingAction action);
