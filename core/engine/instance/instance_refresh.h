/* instance_refresh: the current object of an instance, read before anything is planned. */
#pragma once

#include "instance_op.h"

/* Sets `*out` to the marked current object, and `refresh` and `refreshed` of the record: recovers
 * the object of an interrupted call, imports it, or reads the stored one, unless the refresh is
 * skipped or the provider is deferred. Null: there is none. On failure, the refreshed state keeps
 * the stored one. */
MUST_USE bool instance_refresh(InstanceOp *op, Value *out);
