/* msgpack_write: the shortest form of each token, without an untyped tree between. */
#include "msgpack_write.h"

#include "json.h"

#include <math.h>

/* Tokens: a first byte, then a big-endian number or length of `size` bytes, if any. */

static void put_first(StrBuf *out, uint8_t first) {
    strbuf_add_char(out, (char)first);
}

static void msgpack_write_put(StrBuf *out, uint8_t first, uint64_t value, size_t size) {
    put_first(out, first);
    for (size_t left = size; left-- > 0;)
        strbuf_add_char(out, (char)(uint8_t)(value >> (8 * left)));
}

static void put_null(StrBuf *out) {
    put_first(out, 0xC0);
}

static void put_unsigned(StrBuf *out, uint64_t value) {
    if (value < 0x80)
        put_first(out, (uint8_t)value);
    else if (value <= UINT8_MAX)
        msgpack_write_put(out, 0xCC, value, 1);
    else if (value <= UINT16_MAX)
        msgpack_write_put(out, 0xCD, value, 2);
    else if (value <= UINT32_MAX)
        msgpack_write_put(out, 0xCE, value, 4);
    else
        msgpack_write_put(out, 0xCF, value, 8);
}

static void put_int(StrBuf *out, int64_t integer) {
    uint64_t bits = (uint64_t)integer;
    if (integer >= 0)
        put_unsigned(out, bits);
    else if (integer >= -32)
        put_first(out, (uint8_t)bits);
    else if (integer >= INT8_MIN)
        msgpack_write_put(out, 0xD0, bits, 1);
    else if (integer >= INT16_MIN)
        msgpack_write_put(out, 0xD1, bits, 2);
    else if (integer >= INT32_MIN)
        msgpack_write_put(out, 0xD2, bits, 4);
    else
        msgpack_write_put(out, 0xD3, bits, 8);
}

static void put_double(StrBuf *out, double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    msgpack_write_put(out, 0xCB, bits, 8);
}

/* `first` is the first byte of the form whose length has 16 bits; the one with 32 bits follows. */
static void put_length(StrBuf *out, uint8_t first, size_t length) {
    CHECK(length <= UINT32_MAX);
    if (length <= UINT16_MAX)
        msgpack_write_put(out, first, length, 2);
    else
        msgpack_write_put(out, (uint8_t)(first + 1), length, 4);
}

static void msgpack_write_put_text(StrBuf *out, Str text) {
    if (text.len < 32)
        put_first(out, (uint8_t)(0xA0 | text.len));
    else if (text.len <= UINT8_MAX)
        msgpack_write_put(out, 0xD9, text.len, 1);
    else
        put_length(out, 0xDA, text.len);
    strbuf_add(out, text);
}

static void put_binary(StrBuf *out, Str bytes) {
    if (bytes.len <= UINT8_MAX)
        msgpack_write_put(out, 0xC4, bytes.len, 1);
    else
        put_length(out, 0xC5, bytes.len);
    strbuf_add(out, bytes);
}

static void put_array(StrBuf *out, size_t count) {
    if (count < 16)
        put_first(out, (uint8_t)(0x90 | count));
    else
        put_length(out, 0xDC, count);
}

static void put_map(StrBuf *out, size_t count) {
    if (count < 16)
        put_first(out, (uint8_t)(0x80 | count));
    else
        put_length(out, 0xDE, count);
}

/* Values. */

static void msgpack_write_number(StrBuf *out, Value v) {
    int64_t integer;
    if (value_to_int(v, &integer)) {
        put_int(out, integer);
        return;
    }
    SCOPED(ArenaRef) scratch = arena_open("msgpack number");
    const Number *number = value_to_number(v, scratch);
    double nearest = number_to_double(number);
    bool is_exact =
        !isinf(nearest) && number_compare(number_from_double(nearest, scratch), number) == 0;
    if (is_exact)
        put_double(out, nearest);
    else
        msgpack_write_put_text(out, value_number_text(v, scratch));
}

static void msgpack_write_value(StrBuf *out, Value v, const Type *type);

static void write_elements(StrBuf *out, Value v, const Type *type) {
    put_array(out, v.count);
    for (size_t i = 0; i < v.count; i++)
        msgpack_write_value(out, value_at(v, i),
                            type->kind == KIND_TUPLE ? type_at(type, i) : type->element);
}

static void msgpack_write_members(StrBuf *out, Value v, const Type *type) {
    put_map(out, v.count);
    for (size_t i = 0; i < v.count; i++) {
        msgpack_write_put_text(out, value_key_at(v, i));
        msgpack_write_value(out, value_at(v, i),
                            type->kind == KIND_OBJECT ? type_at(type, i) : type->element);
    }
}

/* An array of the type, as JSON, and the value by that type. */
static void msgpack_write_dynamic(StrBuf *out, Value v) {
    SCOPED(ArenaRef) scratch = arena_open("msgpack type");
    StrBuf type = strbuf_new(scratch);
    JsonWriter writer;
    json_writer_init(&writer, &type, 0);
    json_write_type(&writer, v.type);
    put_array(out, 2);
    put_binary(out, strbuf_str(&type));
    msgpack_write_value(out, v, v.type);
}

static void write_known(StrBuf *out, Value v, const Type *type) {
    switch (v.type->kind) {
    case KIND_DYNAMIC: put_null(out); return;
    case KIND_BOOL: put_first(out, value_is_true(v) ? 0xC3 : 0xC2); return;
    case KIND_NUMBER: msgpack_write_number(out, v); return;
    case KIND_STRING: msgpack_write_put_text(out, value_text(v)); return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: write_elements(out, v, type); return;
    case KIND_MAP:
    case KIND_OBJECT: msgpack_write_members(out, v, type); return;
    }
}

static void msgpack_write_value(StrBuf *out, Value v, const Type *type) {
    if (type->kind == KIND_DYNAMIC && v.type->kind != KIND_DYNAMIC)
        msgpack_write_dynamic(out, v);
    else if (!value_is_known(v))
        strbuf_add(out, (Str){"\xD4\0\0", 3}); /* an extension of type 0 with one zero byte */
    else if (value_is_null(v))
        put_null(out);
    else
        write_known(out, v, type);
}

void msgpack_write(StrBuf *out, Value v, const Type *type) {
    CHECK(!value_has_marks_anywhere(v));
    msgpack_write_value(out, v, type);
}
