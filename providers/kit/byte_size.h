/* byte_size: converts "20G", "512MiB", "1073741824" to bytes, and bytes to digits. Units are powers
 * of 1024: K M G T, with or without "iB". */
#pragma once

#include "str.h"

/* Returns false for an invalid text, and from 2^63 bytes on. */
MUST_USE bool byte_size_parse(Str text, uint64_t *out);
/* Returns the number of bytes without a unit: "1073741824". */
Str byte_size_to_str(uint64_t bytes, Arena *arena);
