/* provision: runs the provisioners of a block for one instance, in order of declaration. */
#pragma once

#include "instance_op.h"
#include "module_scope.h"

/* Returns true if a provisioner runs after creation or, with `on_destroy`, before destruction. */
bool provision_is_needed(const ResourceNode *resource, bool on_destroy);
/* `object` is the marked object of the instance, the value of "self". Returns false with an error
 * if a provisioner fails; the remaining ones do not run. on_failure = continue allows a failure,
 * unless the run is cancelled. */
MUST_USE bool provision_created(InstanceOp *op, const ModuleScope *scope, const Value *object);
MUST_USE bool provision_destroyed(InstanceOp *op, const Value *object);
