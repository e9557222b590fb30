/* provision: runs the provisioners of a block for one instance, in order of declaration. */
#pragma once

#include "instance_op.h"
#include "module_scope.h"

/* Returns whether a provisioner runs after a creation of the resource. */
bool provision_follows_creation(const ResourceNode *resource);
/* Run the provisioners of a creation or of a deletion. `object` is the marked object of the
 * instance, the value of "self". Return false with an error if a provisioner fails; the remaining
 * ones do not run. on_failure = continue allows a failure, unless the run is cancelled. */
MUST_USE bool provision_created(InstanceOp *op, const ModuleScope *scope, const Value *object);
MUST_USE bool provision_destroyed(InstanceOp *op, const Value *object);
