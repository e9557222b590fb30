/* crc32c: the checksum of journal records and of names of temporary files. */
#pragma once

#include "str.h"

uint32_t crc32c(Str data);
