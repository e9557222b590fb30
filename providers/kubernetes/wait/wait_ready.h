/* wait_ready: waits until an object is ready, by the rules of its kind in readiness.h. A
 * PersistentVolumeClaim of a class that binds at the first use counts as ready. */
#pragma once

#include "wait_object.h"

/* See wait_follow_until. */
MUST_USE bool wait_ready(const WaitObject *wait, Value *object, Diags *diags);
