/* map_change: when a change of a map such as "triggers" or "keepers" makes a new object. */
#pragma once

#include "value.h"

/* For `forces_new` of an attribute. False if the two differ only by entries whose value is null:
 * older states have no such entries. */
bool map_change_forces_new(Value prior, Value planned);
