/* gzip: compression by zlib. */
#include "gzip.h"

#include <zlib.h>

#define WINDOW_BITS  (15 + 16) /* the largest window, plus 16 for the gzip format */
#define MEMORY_LEVEL 8
#define PIECE_SIZE   ((size_t)65536)
#define CONTENT_MAX  ((size_t)1 << 30)

static void set_input(z_stream *stream, Str bytes) {
    stream->next_in = (Bytef *)(uintptr_t)bytes.ptr;
    stream->avail_in = (uInt)bytes.len;
}

Str gzip_pack(Str bytes, Arena *arena) {
    z_stream stream = {0};
    CHECK(bytes.len <= CONTENT_MAX);
    CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
                       Z_DEFAULT_STRATEGY) == Z_OK);
    uLong size = deflateBound(&stream, bytes.len);
    char *out = arena_alloc(arena, size);
    set_input(&stream, bytes);
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)size;
    CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    Str packed = {out, stream.total_out};
    deflateEnd(&stream);
    return packed;
}

bool gzip_unpack(Str packed, Str *out, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("gzip");
    char *piece = arena_alloc(scratch, PIECE_SIZE);
    StrBuf text = strbuf_new(arena);
    z_stream stream = {0};
    int status = Z_OK;
    if (packed.len > CONTENT_MAX)
        return false;
    CHECK(inflateInit2(&stream, WINDOW_BITS) == Z_OK);
    set_input(&stream, packed);
    while (status == Z_OK && text.len <= CONTENT_MAX) {
        stream.next_out = (Bytef *)piece;
        stream.avail_out = (uInt)PIECE_SIZE;
        status = inflate(&stream, Z_NO_FLUSH);
        strbuf_add(&text, (Str){piece, PIECE_SIZE - stream.avail_out});
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END || text.len > CONTENT_MAX)
        return false;
    *out = strbuf_str(&text);
    return true;
}
