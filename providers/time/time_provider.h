/* time: timestamps and delays stored in the state. */
#pragma once

#include "provider.h"

/* clang-format off */
#define TIME_RESOURCES(ROW) \
    ROW(time_offset)        \
    ROW(time_rotating)      \
    ROW(time_sleep)         \
    ROW(time_static)
/* clang-format on */

TIME_RESOURCES(RESOURCE_DECLARE)

extern const ProviderFunction time_functions[3];

extern const Provider time_provider;
