/* archive: files packed into archives. */
#pragma once

#include "provider.h"

/* clang-format off */
#define ARCHIVE_RESOURCES(ROW) \
    ROW(archive_file)

#define ARCHIVE_DATA_SOURCES(ROW) \
    ROW(data_archive_file)
/* clang-format on */

ARCHIVE_RESOURCES(RESOURCE_DECLARE)
ARCHIVE_DATA_SOURCES(DATA_SOURCE_DECLARE)

extern const Provider archive_provider;
