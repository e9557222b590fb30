/* map_change: decides whether a change of a map such as "triggers" or "keepers" replaces the
 * object. */
#pragma once

#include "value.h"

/* For `forces_new` of an attribute. Returns false if `planned` only adds null entries, because
 * older states omit those. */
bool map_change_forces_new(Value prior, Value planned);
