/* stored_object: an object of the state as a value, and back. */
#pragma once

#include "job.h"

/* Returns the stored object as a marked value of the current schema version; null if `object` is
 * NULL. Adds the marked texts to the job's secrets. */
MUST_USE bool stored_object_decode(Job *job, const StateObject *object, Value *out);
/* Returns what the state keeps of a marked object, in scratch; NULL if the value is null. */
const StateObject *stored_object_encode(Job *job,
                                        Value marked,
                                        ObjectStatus status,
                                        Str private_data);
