/* provision: runs the provisioners of a block for one instance, in the order they stand in. */
#pragma once

#include "evaluate.h"
#include "job.h"

/* Does anything run when an object is made, or when it goes? */
bool provision_is_needed(const ResourceNode *resource, bool on_destroy);
/* `object` is the instance's, marked: what "self" is. False, with an error: one failed that must
 * not, or loam was told to stop; those behind it did not run. */
MUST_USE bool provision_created(Job *job, const EvalScope *scope, const Value *object);
MUST_USE bool provision_destroyed(Job *job, const Value *object);
