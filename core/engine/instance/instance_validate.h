/* instance_validate: validates the block of one instance, without state. */
#pragma once

#include "instance_op.h"

/* Task; `record` is an InstanceRecord. */
bool instance_validate(Walk *pool, void *record, uint32_t worker);
