/* null: objects without effect, for provisioners and triggers. */
#pragma once

#include "provider.h"

/* clang-format off */
#define NULL_TYPES(ROW)                        \
    ROW(ResourceType, null_resource)           \
    ROW(DataSourceType, data_null_data_source)
/* clang-format on */

NULL_TYPES(TYPE_DECLARE)

/* Returns a random integer below 2^63, as text. */
Str null_random_text(Arena *arena);

extern const Provider null_provider;
