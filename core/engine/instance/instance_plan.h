/* instance_plan: plans the change of one instance. */
#pragma once

#include "walk.h"

/* Tasks; `record` is an InstanceRecord. instance_plan plans the change of a declared instance.
 * instance_plan_destroy plans that an object is deleted or forgotten: one that is not declared, a
 * deposed one, or any one in a destroy. instance_plan_placeholder plans all instances of a block
 * with unknown keys. */
bool instance_plan_placeholder(Walk *pool, void *record, uint32_t worker);
bool instance_plan(Walk *pool, void *record, uint32_t worker);
bool instance_plan_destroy(Walk *pool, void *record, uint32_t worker);
