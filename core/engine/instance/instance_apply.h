/* instance_apply: applies the planned change of one instance, except deletions. */
#pragma once

#include "instance_op.h"

/* Task; `record` is an InstanceRecord. Without a planned change, it calls no provider: it evaluates
 * the conditions of a no-op, and sets the value that references see. */
bool instance_apply(Walk *pool, void *record, uint32_t worker);
