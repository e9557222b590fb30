/* null: objects without effect, for provisioners and triggers. */
#pragma once

#include "provider.h"

/* clang-format off */
#define NULL_RESOURCES(ROW) \
    ROW(null_resource)

#define NULL_DATA_SOURCES(ROW) \
    ROW(data_null_data_source)
/* clang-format on */

NULL_RESOURCES(RESOURCE_DECLARE)
NULL_DATA_SOURCES(DATA_SOURCE_DECLARE)

/* Returns a random integer below 2^63, as text. */
Str null_random_text(Arena *arena);

extern const Provider null_provider;
