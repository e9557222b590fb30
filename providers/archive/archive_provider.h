/* archive: files packed into archives. */
#pragma once

#include "provider.h"

/* clang-format off */
#define ARCHIVE_TYPES(ROW)                 \
    ROW(ResourceType, archive_file)        \
    ROW(DataSourceType, data_archive_file)
/* clang-format on */

ARCHIVE_TYPES(TYPE_DECLARE)

extern const Provider archive_provider;
