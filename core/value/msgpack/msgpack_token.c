/* msgpack_token: first bytes, lengths and numbers. All numbers are big-endian. */
#include "msgpack_token.h"

static bool token_read_number(Str *rest, size_t size, uint64_t *out) {
    if (rest->len < size)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (uint8_t)rest->ptr[i];
    *rest = str_after(*rest, size);
    *out = value;
    return true;
}

static bool token_read_bytes(Str *rest, uint64_t length, Str *out) {
    if (length > rest->len)
        return false;
    *out = str_slice(*rest, 0, (size_t)length);
    *rest = str_after(*rest, (size_t)length);
    return true;
}

static bool token_read_text(Str *rest, size_t length_size, MsgpackToken *out) {
    uint64_t length;
    out->kind = MSGPACK_TEXT;
    return token_read_number(rest, length_size, &length) &&
           token_read_bytes(rest, length, &out->bytes);
}

static bool token_read_container(Str *rest, size_t count_size, MsgpackKind kind,
                                 MsgpackToken *out) {
    uint64_t count;
    if (!token_read_number(rest, count_size, &count))
        return false;
    out->kind = kind;
    out->count = (uint32_t)count;
    return true;
}

static bool read_extension(Str *rest, uint64_t length, MsgpackToken *out) {
    uint64_t type;
    if (!token_read_number(rest, 1, &type) || !token_read_bytes(rest, length, &out->bytes))
        return false;
    out->kind = MSGPACK_EXTENSION;
    out->extension = (int8_t)type;
    return true;
}

static bool read_sized_extension(Str *rest, size_t length_size, MsgpackToken *out) {
    uint64_t length;
    return token_read_number(rest, length_size, &length) && read_extension(rest, length, out);
}

static bool read_unsigned(Str *rest, size_t size, MsgpackToken *out) {
    out->kind = MSGPACK_UNSIGNED;
    return token_read_number(rest, size, &out->magnitude);
}

static bool read_signed(Str *rest, size_t size, MsgpackToken *out) {
    uint64_t bits;
    if (!token_read_number(rest, size, &bits))
        return false;
    unsigned unused = (unsigned)(64 - 8 * size);
    int64_t integer = (int64_t)(bits << unused) >> unused; /* extends the sign */
    *out = integer < 0 ? (MsgpackToken){.kind = MSGPACK_INT, .integer = integer}
                       : (MsgpackToken){.kind = MSGPACK_UNSIGNED, .magnitude = (uint64_t)integer};
    return true;
}

static bool read_float(Str *rest, MsgpackToken *out) {
    uint64_t bits;
    if (!token_read_number(rest, sizeof(float), &bits))
        return false;
    uint32_t narrow = (uint32_t)bits;
    float number;
    memcpy(&number, &narrow, sizeof number);
    *out = (MsgpackToken){.kind = MSGPACK_DOUBLE, .number = (double)number};
    return true;
}

static bool read_double(Str *rest, MsgpackToken *out) {
    uint64_t bits;
    if (!token_read_number(rest, sizeof(double), &bits))
        return false;
    out->kind = MSGPACK_DOUBLE;
    memcpy(&out->number, &bits, sizeof out->number);
    return true;
}

/* Reads a token whose first byte is 0xC0 to 0xDF: it says how many bytes the length or number after
 * it has. */
static bool read_by_first_byte(Str *rest, uint8_t first, MsgpackToken *out) {
    switch (first) {
    case 0xC0: return true;
    case 0xC2:
    case 0xC3: *out = (MsgpackToken){.kind = MSGPACK_BOOL, .boolean = first == 0xC3}; return true;
    case 0xC4:
    case 0xC5:
    case 0xC6: return token_read_text(rest, (size_t)1 << (first - 0xC4), out);
    case 0xC7:
    case 0xC8:
    case 0xC9: return read_sized_extension(rest, (size_t)1 << (first - 0xC7), out);
    case 0xCA: return read_float(rest, out);
    case 0xCB: return read_double(rest, out);
    case 0xCC:
    case 0xCD:
    case 0xCE:
    case 0xCF: return read_unsigned(rest, (size_t)1 << (first - 0xCC), out);
    case 0xD0:
    case 0xD1:
    case 0xD2:
    case 0xD3: return read_signed(rest, (size_t)1 << (first - 0xD0), out);
    case 0xD4:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8: return read_extension(rest, (uint64_t)1 << (first - 0xD4), out);
    case 0xD9:
    case 0xDA:
    case 0xDB: return token_read_text(rest, (size_t)1 << (first - 0xD9), out);
    case 0xDC:
    case 0xDD: return token_read_container(rest, (size_t)2 << (first - 0xDC), MSGPACK_ARRAY, out);
    case 0xDE:
    case 0xDF: return token_read_container(rest, (size_t)2 << (first - 0xDE), MSGPACK_MAP, out);
    default: return false; /* 0xC1 is reserved */
    }
}

bool msgpack_token_read(Str *rest, MsgpackToken *out) {
    *out = (MsgpackToken){.kind = MSGPACK_NULL};
    if (rest->len == 0)
        return false;
    uint8_t first = (uint8_t)rest->ptr[0];
    *rest = str_after(*rest, 1);
    if (first < 0x80) {
        *out = (MsgpackToken){.kind = MSGPACK_UNSIGNED, .magnitude = first};
    } else if (first < 0x90) {
        *out = (MsgpackToken){.kind = MSGPACK_MAP, .count = first & 0x0F};
    } else if (first < 0xA0) {
        *out = (MsgpackToken){.kind = MSGPACK_ARRAY, .count = first & 0x0F};
    } else if (first < 0xC0) {
        out->kind = MSGPACK_TEXT;
        return token_read_bytes(rest, first & 0x1F, &out->bytes);
    } else if (first >= 0xE0) {
        *out = (MsgpackToken){.kind = MSGPACK_INT, .integer = (int8_t)first};
    } else {
        return read_by_first_byte(rest, first, out);
    }
    return true;
}
