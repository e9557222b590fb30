/* duration: times that users write as "90s", "5m" or "1h30m". */
#pragma once

#include "object_builder.h"

/* Check of an attribute: a duration above zero. */
Str duration_check(Value value, Arena *arena);
/* The attribute in ms; the fallback stands for null, unknown and text that is no duration. */
int64_t duration_of(Value object, const char *name, int64_t fallback_ms);
