/* ObjectNames: checks that objects to be created do not exist yet. After some lookups in a
 * collection (kind and namespace), one list of its names replaces a read of each object.
 * Thread-safe. */
#pragma once

#include "kube_call.h"

typedef struct ObjectNames ObjectNames;

ObjectNames *object_names_open(void);
void object_names_close(ObjectNames *names); /* accepts NULL */

/* Returns true if a list that is at most `valid_ms` old (0: of any age) does not contain the
 * object. Returns false if the caller must read the object: the list contains it, this run creates
 * it, there were few lookups, the user may not list, or the collection is large. */
bool object_names_lack(ObjectNames *names, const KubeCall *call, const KubeRef *ref,
                       int64_t valid_ms);
/* Records that this run creates the object: object_names_lack then returns false for it. */
void object_names_add(ObjectNames *names, const KubeRef *ref, Arena *scratch);
