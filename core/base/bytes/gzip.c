/* gzip: compression by zlib. */
#include "gzip.h"

#include <zlib.h>

#define WINDOW_BITS  (15 + 16) /* the largest window, plus 16 for the gzip format */
#define MEMORY_LEVEL 8
#define PIECE_SIZE   ((size_t)65536)

static void set_input(z_stream *stream, Str bytes) {
    stream->next_in = (Bytef *)(uintptr_t)bytes.ptr;
    stream->avail_in = (uInt)bytes.len;
}

Str gzip_pack(Str bytes, Arena *arena) {
    z_stream stream = {0};
    CHECK(bytes.len <= GZIP_CONTENT_MAX);
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

bool gzip_unpack_to(Str packed, GzipSink *sink, void *self) {
    SCOPED(ArenaRef) scratch = arena_open("gzip");
    char *piece = arena_alloc(scratch, PIECE_SIZE);
    z_stream stream = {0};
    int status = Z_OK;
    bool is_wanted = true;
    if (packed.len > GZIP_CONTENT_MAX)
        return false;
    CHECK(inflateInit2(&stream, WINDOW_BITS) == Z_OK);
    set_input(&stream, packed);
    while (status == Z_OK && is_wanted) {
        stream.next_out = (Bytef *)piece;
        stream.avail_out = (uInt)PIECE_SIZE;
        status = inflate(&stream, Z_NO_FLUSH);
        is_wanted = sink(self, (Str){piece, PIECE_SIZE - stream.avail_out});
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END && is_wanted;
}

static bool gzip_add_piece(void *self, Str piece) {
    StrBuf *text = self;
    strbuf_add(text, piece);
    return text->len <= GZIP_CONTENT_MAX;
}

bool gzip_unpack(Str packed, Str *out, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    if (!gzip_unpack_to(packed, gzip_add_piece, &text))
        return false;
    *out = strbuf_str(&text);
    return true;
}
