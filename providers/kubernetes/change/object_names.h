/* ObjectNames: which objects exist, for many creations at once: after some lookups in one
 * collection, a list of its names replaces single reads. Any thread may use it. */
#pragma once

#include "kube_call.h"

typedef struct ObjectNames ObjectNames;

ObjectNames *object_names_open(void);
void object_names_close(ObjectNames *names); /* NULL: does nothing */

/* Returns whether a list that is at most `valid_ms` old (0: of any age) lacks the object. False if
 * it must be read: there were few lookups, the user may not list, or the collection is large. */
bool object_names_lack(ObjectNames *names,
                       const KubeCall *call,
                       const KubeRef *ref,
                       int64_t valid_ms);
/* From now on, object_names_lack is false for the object: this run makes it. */
void object_names_add(ObjectNames *names, const KubeRef *ref, Arena *scratch);
