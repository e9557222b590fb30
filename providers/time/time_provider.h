/* time: timestamps and delays stored in the state. */
#pragma once

#include "provider.h"

/* clang-format off */
#define TIME_TYPES(ROW)              \
    ROW(ResourceType, time_offset)   \
    ROW(ResourceType, time_rotating) \
    ROW(ResourceType, time_sleep)    \
    ROW(ResourceType, time_static)
/* clang-format on */

TIME_TYPES(TYPE_DECLARE)

extern const ProviderFunction time_functions[3];

extern const Provider time_provider;
