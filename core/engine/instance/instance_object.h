/* The object of an instance: between the state and a value, its identity, and its marks.
 *
 * An identity is a value of ResourceType.identity, by which an import can name an object. A null
 * value, also one without a type, means that there is none. Providers return objects without marks.
 */
#pragma once

#include "instance_op.h"

/* Sets `*out` to the stored object as a marked value of the current schema version. Adds the marked
 * texts to the operation's secrets. */
MUST_USE bool stored_object_decode(InstanceOp *op, const StateObject *object, Value *out);
/* Sets the value of the record, which references see, to the stored object, allocated in `arena`.
 * Does nothing if `object` is NULL. */
MUST_USE bool stored_object_keep(InstanceOp *op, const StateObject *object, Arena *arena);
/* Decodes the stored object for a plan as above. Types with `always_upgrades` upgrade it in any
 * version. If the object or its identity was upgraded or converted to another value, sets `*object`
 * to the object that the refreshed state keeps, allocated in `keep`. */
MUST_USE bool stored_object_decode_prior(InstanceOp *op, const StateObject **object, Value *out);
/* Returns the state object for a marked value, allocated in scratch; NULL if the value is null. It
 * has the dependencies and lifecycle of the block, not those of a stored object. */
const StateObject *stored_object_encode(InstanceOp *op, Value marked, ObjectStatus status,
                                        Str private_data, Value identity);

/* Sets `*out` to the identity of a stored object, in the current version of its type; null if
 * `object` is NULL or has none. */
MUST_USE bool object_identity_decode(InstanceOp *op, const StateObject *object, Value *out);
Value object_identity_clone(Value identity, Arena *arena);

/* Returns a planned or real object with the marks of the schema and, at the paths `sensitive`
 * (NULL: none), of the configuration. Adds the marked texts to the operation's secrets. */
Value object_marks_add(InstanceOp *op, Value object, const Paths *sensitive);
/* Returns `after` with the marks of `before` and of the schema, and adds the marked texts to the
 * operation's secrets. For an object after a read, a recovery or a failed call. */
Value object_marks_keep(InstanceOp *op, Value before, Value after);
/* Adds the sensitive paths of the prior object to `sensitive`, where `config` sets no value and the
 * plan keeps the prior one. */
void object_marks_inherit(InstanceOp *op, Value prior, Value planned, Value config,
                          Paths *sensitive);
