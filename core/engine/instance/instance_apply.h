/* instance_apply: applies the planned change of one instance, except deletions. */
#pragma once

#include "instance_op.h"

/* Task; `record` is an InstanceRecord with its planned change. */
bool instance_apply(Walk *tasks, void *record, uint32_t worker);
