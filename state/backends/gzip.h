/* gzip: compresses and decompresses states; one member per text. */
#pragma once

#include "str.h"

Str gzip_pack(Str bytes, Arena *arena);
/* Returns false if the data is damaged or truncated, or the content is larger than 1 GiB. */
MUST_USE bool gzip_unpack(Str packed, Str *out, Arena *arena);
