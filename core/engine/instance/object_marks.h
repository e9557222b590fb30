/* object_marks: marks the sensitive values of an object. Providers return objects without marks. */
#pragma once

#include "configured.h"

/* Returns a planned or real object with the marks of the schema and of `configured` (NULL: none).
 * Adds the marked texts to the operation's secrets. */
Value object_marks_add(InstanceOp *op, Value object, const Configured *configured);
/* Returns `after` with the marks of `before` and of the schema. For an object after a read or after
 * a partial deletion. */
Value object_marks_keep(InstanceOp *op, Value before, Value after);
/* Adds the marks of the prior object to `configured`, at paths that the configuration does not set
 * and whose value the plan keeps. */
void object_marks_inherit(InstanceOp *op, Value prior, Value planned, Configured *configured);
