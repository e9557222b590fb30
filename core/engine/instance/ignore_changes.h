/* ignore_changes: applies the lifecycle argument ignore_changes. */
#pragma once

#include "configured.h"

/* Replaces the values at the paths of ignore_changes by the prior values with their marks. `prior`
 * is marked. */
void ignore_changes_apply(InstanceOp *op, Value prior, Configured *configured);
