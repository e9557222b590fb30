/* gzip: one member of that format, as stores hold states. */
#pragma once

#include "str.h"

Str gzip_pack(Str bytes, Arena *arena);
/* False: it is damaged or cut off, or its content larger than 1 GiB. */
MUST_USE bool gzip_unpack(Str packed, Str *out, Arena *arena);
