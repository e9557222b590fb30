/* object_delete: deletes an object and waits until it is gone. */
#pragma once

#include "object_target.h"

#define OBJECT_DELETE_MS 600000 /* without a timeout of the resource */

typedef struct ObjectDeletion {
    KubePropagation propagation;
    /* After half of the time, removes all finalizers that still block the deletion. */
    bool should_force_finalizers;
    bool can_force_finalizers; /* the resource type has the argument force_finalizers */
    int64_t timeout_ms;        /* used if the call has no deadline */
} ObjectDeletion;

/* Waits until the object with this uid is gone; on failure, the error names what blocks its end:
 * finalizers, conditions of a namespace, and conditions that are errors. */
MUST_USE bool object_delete_wait(const ObjectTarget *target, Str uid, Diags *diags);
/* `request->manifest` names the object: it needs apiVersion, kind and metadata. Succeeds if the
 * object or its kind does not exist, or an object of another uid than the record's has its name.
 * Fails if it is not ours. */
MUST_USE bool object_delete(const ObjectRequest *request, const ObjectDeletion *deletion,
                            Diags *diags);
