/* wire: encodes and decodes varints, lengths and field keys. */
#include "wire.h"

enum { VARINT_MAX = 10, FIELD_NUMBER_MAX = (1 << 29) - 1, FORM_BITS = 3 };

WireReader wire_reader_new(Str message) {
    return (WireReader){.rest = message};
}

static bool wire_fail(WireReader *reader) {
    reader->is_bad = true;
    return false;
}

/* The tenth byte holds only the highest bit of 64. */
static bool read_varint(WireReader *reader, uint64_t *out) {
    uint64_t value = 0;
    size_t limit = reader->rest.len < VARINT_MAX ? reader->rest.len : VARINT_MAX;
    for (size_t i = 0; i < limit; i++) {
        uint8_t byte = (uint8_t)reader->rest.ptr[i];
        if (i == VARINT_MAX - 1 && byte > 1)
            return wire_fail(reader);
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            reader->rest = str_after(reader->rest, i + 1);
            *out = value;
            return true;
        }
    }
    return wire_fail(reader);
}

/* Fixed numbers are little-endian. */
static bool read_fixed(WireReader *reader, size_t size, uint64_t *out) {
    if (reader->rest.len < size)
        return wire_fail(reader);
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)(uint8_t)reader->rest.ptr[i] << (8 * i);
    reader->rest = str_after(reader->rest, size);
    *out = value;
    return true;
}

static bool wire_read_bytes(WireReader *reader, Str *out) {
    uint64_t length;
    if (!read_varint(reader, &length))
        return false;
    if (length > reader->rest.len)
        return wire_fail(reader);
    *out = str_slice(reader->rest, 0, (size_t)length);
    reader->rest = str_after(reader->rest, (size_t)length);
    return true;
}

bool wire_next(WireReader *reader, WireField *field) {
    uint64_t key;
    if (reader->is_bad || reader->rest.len == 0 || !read_varint(reader, &key))
        return false;
    uint64_t number = key >> FORM_BITS;
    if (number == 0 || number > FIELD_NUMBER_MAX)
        return wire_fail(reader);
    *field = (WireField){.number = (uint32_t)number, .form = (WireForm)(key & 7)};
    switch (key & 7) {
    case WIRE_VARINT: return read_varint(reader, &field->value);
    case WIRE_FIXED64: return read_fixed(reader, 8, &field->value);
    case WIRE_BYTES: return wire_read_bytes(reader, &field->bytes);
    case WIRE_FIXED32: return read_fixed(reader, 4, &field->value);
    default: return wire_fail(reader); /* groups, which no current message has */
    }
}

static size_t encode_varint(uint64_t value, char out[VARINT_MAX]) {
    size_t length = 0;
    while (value >= 0x80) {
        out[length++] = (char)(uint8_t)(value | 0x80);
        value >>= 7;
    }
    out[length++] = (char)(uint8_t)value;
    return length;
}

static void add_varint(StrBuf *out, uint64_t value) {
    char bytes[VARINT_MAX];
    strbuf_add(out, (Str){bytes, encode_varint(value, bytes)});
}

static void wire_add_key(StrBuf *out, uint32_t number, WireForm form) {
    add_varint(out, (uint64_t)number << FORM_BITS | form);
}

void wire_put_varint(StrBuf *out, uint32_t number, uint64_t value) {
    if (value == 0)
        return;
    wire_add_key(out, number, WIRE_VARINT);
    add_varint(out, value);
}

void wire_put_bytes(StrBuf *out, uint32_t number, Str bytes) {
    if (bytes.len == 0)
        return;
    wire_add_key(out, number, WIRE_BYTES);
    add_varint(out, bytes.len);
    strbuf_add(out, bytes);
}

size_t wire_begin(StrBuf *out, uint32_t number) {
    wire_add_key(out, number, WIRE_BYTES);
    strbuf_add_char(out, 0); /* the length, if it is below 128 */
    return out->len;
}

void wire_end(StrBuf *out, size_t start) {
    char length[VARINT_MAX];
    size_t content = out->len - start;
    size_t width = encode_varint(content, length);
    strbuf_add_repeat(out, 0, width - 1);
    memmove(out->ptr + start + width - 1, out->ptr + start, content);
    memcpy(out->ptr + start - 1, length, width);
}
