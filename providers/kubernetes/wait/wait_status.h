/* wait_status: waits for an object whose controller reports its work by a condition and by the
 * revision that it has reached. The object is ready if the rules of readiness.h say so and
 *
 *   condition   status has this condition, so that the controller has seen the object
 *   revision    if the caller expects a revision, the status has it
 *
 * A condition that is True proves nothing alone: controllers set it before they accept the newest
 * generation. A condition that is False may become True, so only Stalled fails at once. A suspended
 * object (spec.suspend) is ready: its controller does nothing with it. */
#pragma once

#include "wait_object.h"

typedef struct WaitStatus {
    const char *condition;     /* "Ready"; NULL: needs none */
    const char *revision;      /* path of the revision, "status.artifact"; NULL: it has none */
    const char *revision_name; /* last name of that path */
    /* Returns whether the controller writes no status for this object. NULL: it always does. */
    bool (*is_static)(Value object);
    const char *request; /* annotation that asks for another attempt; NULL: there is none */
} WaitStatus;

/* Returns whether a revision is the expected one: equal, or its digest or its name is
 * ("v1.4.0@sha1:0a1b" is the revision of "0a1b", "sha1:0a1b" and "v1.4.0", and "6.5.0+0a1b", the
 * version that Flux gives a chart of an artifact, is that of "6.5.0"). */
bool wait_status_is_revision(Str found, Str expected);
/* Returns whether wait_status would end at once. */
bool wait_status_is_reached(const WaitStatus *status, Str expected, Value object, Arena *arena);
/* Asks the controller for another attempt now instead of after its pause. A failure only costs
 * time. */
void wait_status_request(const WaitObject *wait, const WaitStatus *status);
/* `expected` empty: any revision. See wait_follow_until. */
MUST_USE bool wait_status(const WaitObject *wait, const WaitStatus *status, Str expected,
                          Value *object, Diags *diags);
