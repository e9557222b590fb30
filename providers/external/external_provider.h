/* external: results of programs. */
#pragma once

#include "provider.h"

/* clang-format off */
#define EXTERNAL_TYPES(ROW)            \
    ROW(DataSourceType, data_external)
/* clang-format on */

EXTERNAL_TYPES(TYPE_DECLARE)

extern const Provider external_provider;
