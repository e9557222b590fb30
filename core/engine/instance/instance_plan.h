/* instance_plan: plans the change of one instance. */
#pragma once

#include "walk.h"

/* Tasks; `record` is an InstanceRecord. Plan what becomes of a declared instance, and the deletion
 * of one that is not declared or that a destroy deletes. */
bool instance_plan(Walk *tasks, void *record, uint32_t worker);
bool instance_plan_destroy(Walk *tasks, void *record, uint32_t worker);
