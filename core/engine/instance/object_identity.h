/* object_identity: the identities of objects: values of ResourceType.identity, by which an import
 * can name an object. A null value, also one without a type, means that there is none. */
#pragma once

#include "instance_op.h"

/* Sets `*out` to the identity of a stored object, in the current version of its type; null if
 * `object` is NULL or has none. */
MUST_USE bool object_identity_decode(InstanceOp *op, const StateObject *object, Value *out);
/* Sets the identity of an encoded object, which then is in the operation's scratch. Types whose
 * objects have no identity drop it. */
void object_identity_encode(const InstanceOp *op, Value identity, StateObject *out);
bool object_identity_equal(Value a, Value b);
Value object_identity_clone(Value identity, Arena *arena);
