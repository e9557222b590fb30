/* argocd_wait: waits until Argo CD has reached the state that an application describes. An
 * application has no observed generation, and its status survives a change. So the wait accepts
 * a status only if
 *
 *   source      the comparison was made with the source and destination of the object
 *   revision    the comparison was made at the expected revision, if there is one
 *   sync        it is Synced. Without automated syncs, a comparison is enough
 *   health      it is Healthy, which alone proves nothing
 *   operation   the last operation has succeeded at this revision, or the comparison is newer than
 *               the operation and needed no other
 *
 * An operation that fails during the wait, for this source and revision, ends the wait at once. A
 * condition whose type ends with "Error" may pass, so it ends the wait only if it lasts.
 *
 * Both waits are the slot `wait` of TypedObject. */
#pragma once

#include "readiness.h"
#include "typed_object.h"

typedef struct ApplicationTest {
    Str expected;   /* revision; empty: any */
    Value baseline; /* status.operationState before the wait; null: none */
    /* A server that is not trusted may be soon: nodes mount a changed ConfigMap within minutes. */
    bool awaits_mounts;
} ApplicationTest;

/* Returns a merge patch that ends an automated sync of another source or revision than that which
 * was compared last; empty if there is nothing to end. Argo CD repeats a failed sync for minutes,
 * and waits without limit for health, before it syncs a newer revision. The patch counts only for
 * this version of the object. */
Str argocd_wait_termination_patch(const ApplicationTest *test, Value object, Arena *arena);

/* Decides from the object alone. The reason is in `arena`, or a view of the object. */
Readiness argocd_wait_application_test(const ApplicationTest *test, Value object, Arena *arena);

bool argocd_wait_application(const Call *call, Value planned, ObjectApplied *applied, Diags *diags);
/* The slot `is_ready` of TypedObject. An ApplicationSet has none: its conditions may be older than
 * its last change. */
bool argocd_wait_is_application_ready(const Call *call, Value planned, Value live);
/* An ApplicationSet is ready if its applications are up to date, by its conditions. These may be
 * older than a change, and a success leaves them as they are. So the wait after a change requests a
 * refresh by an annotation, which the controller removes when it has updated the applications. */
bool argocd_wait_application_set(const Call *call, Value planned, ObjectApplied *applied,
                                 Diags *diags);
