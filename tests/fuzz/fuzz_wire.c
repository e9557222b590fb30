/* Any bytes as a protobuf message: the fields that the reader finds, at any depth, give the same
 * fields when they are written again. */
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes varints and texts, which are what the writer has. Returns false if the bytes are bad. */
static bool copy(Str message, StrBuf *out, int depth) {
    WireReader reader = wire_reader_new(message);
    WireField field;
    while (wire_next(&reader, &field)) {
        CHECK(field.bytes.len <= message.len && field.number > 0);
        if (field.form != WIRE_BYTES) {
            wire_put_varint(out, field.number, field.value);
            continue;
        }
        size_t start = wire_begin(out, field.number);
        size_t before = out->len;
        if (depth == 0 || !copy(field.bytes, out, depth - 1)) {
            out->len = before;
            strbuf_add(out, field.bytes);
        }
        wire_end(out, start);
    }
    return !reader.is_bad;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    StrBuf first = strbuf_new(arena);
    StrBuf second = strbuf_new(arena);
    if (!copy((Str){(const char *)data, size}, &first, 8))
        return 0;
    CHECK(copy(strbuf_str(&first), &second, 8));
    CHECK(str_equal(strbuf_str(&first), strbuf_str(&second)));
    return 0;
}
