/* object_marks: marks the sensitive values of an object. Providers return objects without marks. */
#pragma once

#include "instance_op.h"

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
