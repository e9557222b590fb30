/* base64, by OpenSSL. */
#include "base64.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

/* OpenSSL counts in int, so long input is encoded in pieces of whole groups. */
#define BASE64_PIECE ((size_t)3 << 20)

Str base64_encode(Str bytes, Arena *arena) {
    size_t size = (bytes.len + 2) / 3 * 4;
    unsigned char *text = arena_alloc(arena, size + 1);
    unsigned char *next = text;
    for (size_t i = 0; i < bytes.len; i += BASE64_PIECE) {
        Str piece = str_slice(bytes, i, i + BASE64_PIECE);
        next += EVP_EncodeBlock(next, (const unsigned char *)piece.ptr, (int)piece.len);
    }
    return (Str){(const char *)text, size};
}

Str base64_url_encode(Str bytes, Arena *arena) {
    Str standard = base64_encode(bytes, arena);
    char *text = arena_alloc(arena, standard.len + 1);
    size_t size = 0;
    for (size_t i = 0; i < standard.len && standard.ptr[i] != '='; i++) {
        char c = standard.ptr[i];
        text[size++] = (char)(c == '+' ? '-' : c == '/' ? '_' : c);
    }
    return (Str){text, size};
}

static bool is_base64_digit(char c) {
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return letter || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* OpenSSL accepts blanks and padding in the middle, so this function checks the form first. */
bool base64_decode(Str text, Str *out, Arena *arena) {
    if (text.len % 4)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < text.len - padding; i++) {
        if (!is_base64_digit(text.ptr[i]))
            return false;
    }
    unsigned char *bytes = arena_alloc(arena, text.len / 4 * 3 + 1);
    unsigned char *next = bytes;
    for (size_t i = 0; i < text.len; i += BASE64_PIECE / 3 * 4) {
        Str piece = str_slice(text, i, i + BASE64_PIECE / 3 * 4);
        int got = EVP_DecodeBlock(next, (const unsigned char *)piece.ptr, (int)piece.len);
        CHECK(got >= 0);
        next += got;
    }
    *out = (Str){(const char *)bytes, text.len / 4 * 3 - padding};
    return true;
}

bool base64_url_decode(Str text, Str *out, Arena *arena) {
    size_t padding = (4 - text.len % 4) % 4;
    char *standard = arena_alloc(arena, text.len + padding + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        standard[i] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    memset(standard + text.len, '=', padding);
    bool ok = base64_decode((Str){standard, text.len + padding}, out, arena);
    OPENSSL_cleanse(standard, text.len); /* the text may be a key */
    return ok;
}
