/* byte_size: converts "20G", "512MiB", "1073741824" to bytes and back. Units are powers of 1024: K
 * M G T, with or without "iB". */
#pragma once

#include "str.h"

MUST_USE bool byte_size_parse(Str text, uint64_t *out);
Str byte_size_to_str(uint64_t bytes, Arena *arena);
