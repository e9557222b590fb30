/* object_owner: whether a resource may manage an existing object, by its mark and by the state. */
#pragma once

#include "object_target.h"

typedef enum ObjectOwner {
    OWNER_NEW,         /* no object exists */
    OWNER_PREDECESSOR, /* it is deleted before its replacement is created */
    OWNER_ENDING,      /* it is being deleted; the creation waits for its end */
    OWNER_LEFT,        /* it has the mark of this resource, but the state does not have it */
    OWNER_ADOPTED,     /* adopt_existing: loam owns an existing object from now on */
    OWNER_REJECTED,    /* an error was added */
} ObjectOwner;

/* For a planned creation. `live` null: there is no object. Adds a note about an adoption. Sets
 * *predecessor to the uid of an OWNER_PREDECESSOR. */
ObjectOwner object_owner_of_new(const ObjectTarget *target, Value live, PlanNotes *notes,
                                Str *predecessor, Diags *diags);
/* Returns false, with an error, if the object of a change belongs to another state. */
MUST_USE bool object_owner_check(const ObjectTarget *target, Value live, const char *action,
                                 Diags *diags);
/* Returns the field managers of an object, for messages: `"helm" (Update, 2026-11-21T10:00:00Z)`.
 */
Str object_owner_managers(Value live, Arena *arena);
/* Returns the mark of this resource instance. */
Str object_owner_mark(const ObjectRequest *request);
/* Returns the mark with which a dry run compares: that of the live object if it is of this state,
 * so that a moved address and an imported object alone change nothing. */
Str object_owner_kept_mark(const ObjectRequest *request, Value live);
