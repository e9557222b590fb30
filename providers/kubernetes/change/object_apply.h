/* object_apply: creates or changes an object, as planned. */
#pragma once

#include "object_target.h"

typedef struct ObjectApplied {
    Value live;   /* the object of the server; null: no request succeeded */
    Value object; /* attribute `object`: the planned one, its unknown parts filled from `live` */
    ObjectRecord record;
    KubeRef ref;       /* for a wait; its resource is in call->arena */
    bool is_different; /* from its plan: an error was added, but the object exists */
    bool in_doubt;     /* the response was lost: the object may exist */
    bool waits_again;  /* for a wait: the one before failed */
} ObjectApplied;

/* `request->record` is that of the plan, and `planned` its attribute `object`. */
MUST_USE bool object_apply(const ObjectRequest *request, Value planned, ObjectApplied *out,
                           Diags *diags);
/* After a wait: updates `object` and `record` if the wait has replaced applied->live, which was
 * `before`. Returns whether it has. */
bool object_apply_waited(const Call *call, Value manifest, Value planned, Value before,
                         ObjectApplied *applied);
