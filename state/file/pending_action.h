/* pending_action: what a provider call does that the journal records, or what a call does to one of
 * the objects behind an instance. */
#pragma once

#include "str.h"

typedef enum PendingAction {
    PENDING_NONE, /* the record names no action */
    PENDING_CREATE,
    PENDING_UPDATE,
    PENDING_REPLACE, /* of one of the objects alone */
    PENDING_DELETE,
} PendingAction;

/* Returns the name in journals: "create"; "" for none. */
const char *pending_action_name(PendingAction action);
/* False: no action has that name. */
MUST_USE bool pending_action_from_name(Str name, PendingAction *out);
