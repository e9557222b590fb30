/* ObjectCondition: an entry of status.conditions, by which controllers report the state of an
 * object. Texts are views of the object. */
#pragma once

#include "kube_object.h"

typedef struct ObjectCondition {
    Str type;         /* "Ready"; empty: the object has no such condition */
    Str status;       /* "True", "False", "Unknown" or empty */
    Str reason;       /* "ProgressDeadlineExceeded"; may be empty */
    Str message;      /* may be empty */
    int64_t observed; /* observedGeneration; -1: absent */
} ObjectCondition;

/* Returns entry i of a list of conditions; a condition without a type if there is no such entry. */
ObjectCondition object_condition_at(Value conditions, size_t i);
/* Returns status.conditions; an empty tuple if the object has none. */
Value object_condition_all(Value object);
/* Returns the condition of this type; without a type if there is none. */
ObjectCondition object_condition_find(Value object, const char *type);
bool object_condition_is_true(const ObjectCondition *condition);
bool object_condition_is_false(const ObjectCondition *condition);
/* Returns "REASON: message", or the part that is there. */
Str object_condition_text(const ObjectCondition *condition, Arena *arena);

/* Returns a number of the object, or the fallback if there is none. `path` and `last` are those of
 * kube_object_find. */
int64_t object_condition_number(Value object, const char *path, const char *last, int64_t fallback);
