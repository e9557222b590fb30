/* byte_size: "20G", "512MiB", "1073741824" as bytes. Units are powers of 1024, as disks of machines
 * are made: K M G T, with or without "iB". */
#pragma once

#include "str.h"

MUST_USE bool byte_size_parse(Str text, uint64_t *out);
Str byte_size_to_str(uint64_t bytes, Arena *arena);
