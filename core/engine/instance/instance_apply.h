/* instance_apply: applies the planned change of one instance, except deletions. */
#pragma once

#include "instance_op.h"

/* Task; `record` is an InstanceRecord. Without a planned change, it calls no provider: it evaluates
 * the conditions of a no-op, and sets the value that references see. */
bool instance_apply(Walk *pool, void *record, uint32_t worker);
/* The same for types with `batches_intents`: the task yields before the call of the provider. */
bool instance_apply_batched(Walk *pool, void *record, uint32_t worker);
