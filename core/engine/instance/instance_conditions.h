/* instance_conditions: preconditions and postconditions of one instance. Failures are warnings in a
 * refresh-only plan and in the first pass of a destroy; otherwise they are errors. The apply of a
 * refresh-only plan evaluates none. */
#pragma once

#include "instance_op.h"
#include "module_scope.h"

/* Evaluates preconditions. Call it before the change is planned or made, or the data source is
 * read. */
MUST_USE bool instance_conditions_before(InstanceOp *op, const ModuleScope *scope);
/* Evaluates postconditions. "self" is the value of the operation's record. */
MUST_USE bool instance_conditions_after(InstanceOp *op, const ModuleScope *scope);
