/* deferred_read: reads of data sources and ephemeral resources that the plan defers to the
 * apply. */
#pragma once

#include "instance_op.h"

/* Returns true if the read must wait for the apply, because a dependency of the instance will
 * change. For planning only. */
bool deferred_read_is_needed(const InstanceOp *op);
/* Returns the object before the read: the configuration, with unknown values where the provider may
 * set them. Without marks. */
Value deferred_read_object(InstanceOp *op, Value config);
