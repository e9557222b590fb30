/* duration: durations in configurations, such as "90s", "5m" or "1h30m". */
#pragma once

#include "object_builder.h"

/* Attribute check: returns a problem unless the value is a duration above zero. */
Str duration_check(Value value, Arena *arena);
/* Returns the attribute in ms, or the fallback if it is null, unknown or not a duration. */
int64_t duration_of(Value object, const char *name, int64_t fallback_ms);
