/* archive: files packed into archives. */
#pragma once

#include "provider.h"

extern const ResourceType archive_file;
extern const DataSourceType data_archive_file;

extern const Provider archive_provider;
