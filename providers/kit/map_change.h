/* map_change: decides whether a change of a map such as "triggers" or "keepers" replaces the
 * object. */
#pragma once

#include "value.h"

/* For `forces_new` of an attribute. Returns false if the maps differ only by null entries, which
 * older states omit. */
bool map_change_forces_new(Value prior, Value planned);
