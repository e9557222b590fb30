/* external: results of programs. */
#pragma once

#include "provider.h"

/* clang-format off */
#define EXTERNAL_DATA_SOURCES(ROW) \
    ROW(data_external)
/* clang-format on */

EXTERNAL_DATA_SOURCES(DATA_SOURCE_DECLARE)

extern const Provider external_provider;
