/* UUIDs of versions 4 and 5. */
#include "uuid.h"

#include "digest.h"
#include "hex.h"
#include "random.h"

#define UUID_SIZE      16
#define UUID_TEXT_SIZE 36

static Str uuid_text(unsigned char bytes[UUID_SIZE], unsigned version, Arena *arena) {
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | version << 4);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    Str hex = hex_encode((Str){(const char *)bytes, UUID_SIZE}, arena);
    return str_format(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12,
                      hex.ptr + 16, hex.ptr + 20);
}

Str uuid_v4(Arena *arena) {
    unsigned char bytes[UUID_SIZE];
    random_fill(bytes, sizeof bytes);
    return uuid_text(bytes, 4, arena);
}

static bool is_hyphen_place(size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

static bool uuid_to_bytes(Str text, Str *out, Arena *arena) {
    if (text.len != UUID_TEXT_SIZE)
        return false;
    StrBuf hex = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (is_hyphen_place(i) != (text.ptr[i] == '-'))
            return false;
        if (!is_hyphen_place(i))
            strbuf_add_char(&hex, text.ptr[i]);
    }
    return hex_decode(strbuf_str(&hex), out, arena);
}

Str uuid_v5(Str namespace_uuid, Str name, Arena *arena) {
    Str prefix;
    if (!uuid_to_bytes(namespace_uuid, &prefix, arena))
        return STR_EMPTY;
    Str hash = digest_bytes(DIGEST_SHA1, str_concat(prefix, name, arena), arena);
    unsigned char bytes[UUID_SIZE];
    memcpy(bytes, hash.ptr, sizeof bytes);
    return uuid_text(bytes, 5, arena);
}
