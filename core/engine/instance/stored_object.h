/* stored_object: converts an object of the state to a value, and back. */
#pragma once

#include "instance_op.h"

/* Sets `*out` to the stored object as a marked value of the current schema version; null if
 * `object` is NULL. Adds the marked texts to the operation's secrets. */
MUST_USE bool stored_object_decode(InstanceOp *op, const StateObject *object, Value *out);
/* Decodes the stored object for a plan as above. Types with `always_upgrades` upgrade it in any
 * version. If the object or its identity was upgraded or converted to another value, sets `*object`
 * to the object that the refreshed state keeps, allocated in `keep`. */
MUST_USE bool stored_object_decode_prior(InstanceOp *op, const StateObject **object, Value *out);
/* Returns the state object for a marked value, allocated in scratch; NULL if the value is null. It
 * has the dependencies and lifecycle of the block, not those of a stored object. */
const StateObject *stored_object_encode(InstanceOp *op, Value marked, ObjectStatus status,
                                        Str private_data, Value identity);
