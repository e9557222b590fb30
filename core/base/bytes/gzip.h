/* gzip: compresses and decompresses texts; one member per text. Bytes after the first member are
 * ignored. */
#pragma once

#include "str.h"

#define GZIP_CONTENT_MAX ((size_t)1 << 30)

/* The content is at most GZIP_CONTENT_MAX bytes. */
Str gzip_pack(Str bytes, Arena *arena);
/* Returns false if the data is damaged or truncated, or if it or its content is larger than
 * GZIP_CONTENT_MAX. */
MUST_USE bool gzip_unpack(Str packed, Str *out, Arena *arena);
/* Receives the next piece of the content; returns false to stop. */
typedef bool GzipSink(void *self, Str piece);
/* Like gzip_unpack, but only the packed data is limited, not the content. Returns false if the sink
 * stopped, too. The sink may have received a part when the result is false. */
MUST_USE bool gzip_unpack_to(Str packed, GzipSink *sink, void *self);
