/* gcm: calls OpenSSL. Any failed call aborts, except the comparison of the tag in gcm_open. */
#include "gcm.h"
#include "random.h"
#include "secret.h"

#include <limits.h>
#include <openssl/evp.h>

#define PIECE (1 << 30) /* OpenSSL counts lengths in int */

typedef EVP_CIPHER_CTX *GcmRef;

static void gcm_release(GcmRef *ref) {
    EVP_CIPHER_CTX_free(*ref);
}

SCOPED_TYPE(GcmRef, gcm_release);

bool gcm_is_key(Str key) {
    return key.len == 16 || key.len == 24 || key.len == 32;
}

static const unsigned char *gcm_bytes_of(Str text) {
    return (const unsigned char *)text.ptr;
}

static EVP_CIPHER_CTX *gcm_begin(Str key, Str aad, const unsigned char *nonce, int is_sealing) {
    int taken;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    CHECK(context && gcm_is_key(key) && aad.len <= INT_MAX);
    const EVP_CIPHER *cipher = key.len == 16   ? EVP_aes_128_gcm()
                               : key.len == 24 ? EVP_aes_192_gcm()
                                               : EVP_aes_256_gcm();
    CHECK(EVP_CipherInit_ex(context, cipher, NULL, gcm_bytes_of(key), nonce, is_sealing) == 1);
    if (aad.len > 0)
        CHECK(EVP_CipherUpdate(context, NULL, &taken, gcm_bytes_of(aad), (int)aad.len) == 1);
    return context;
}

static void gcm_update(EVP_CIPHER_CTX *context, Str from, unsigned char *to) {
    for (size_t at = 0; at < from.len; at += PIECE) {
        Str piece = str_slice(from, at, at + PIECE);
        int made;
        CHECK(EVP_CipherUpdate(context, to + at, &made, gcm_bytes_of(piece), (int)piece.len) == 1);
        CHECK((size_t)made == piece.len);
    }
}

Str gcm_seal(Str key, Str aad, Str plain, Arena *arena) {
    int made;
    unsigned char *out = arena_alloc(arena, GCM_NONCE_BYTES + plain.len + GCM_TAG_BYTES);
    unsigned char *content = out + GCM_NONCE_BYTES;
    random_fill(out, GCM_NONCE_BYTES);
    SCOPED(GcmRef) context = gcm_begin(key, aad, out, 1);
    gcm_update(context, plain, content);
    CHECK(EVP_CipherFinal_ex(context, content + plain.len, &made) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, GCM_TAG_BYTES, content + plain.len) ==
          1);
    return (Str){(const char *)out, GCM_NONCE_BYTES + plain.len + GCM_TAG_BYTES};
}

bool gcm_open(Str key, Str aad, Str sealed, Str *out, Arena *arena) {
    if (sealed.len < GCM_NONCE_BYTES + GCM_TAG_BYTES)
        return false;
    int made;
    size_t size = sealed.len - GCM_NONCE_BYTES - GCM_TAG_BYTES;
    unsigned char *plain = arena_alloc(arena, size + 1);
    unsigned char tag[GCM_TAG_BYTES];
    memcpy(tag, sealed.ptr + GCM_NONCE_BYTES + size, sizeof tag);
    SCOPED(GcmRef) context = gcm_begin(key, aad, gcm_bytes_of(sealed), 0);
    gcm_update(context, str_slice(sealed, GCM_NONCE_BYTES, GCM_NONCE_BYTES + size), plain);
    CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, GCM_TAG_BYTES, tag) == 1);
    if (EVP_CipherFinal_ex(context, plain + size, &made) != 1) {
        secret_wipe((Str){(const char *)plain, size});
        return false;
    }
    *out = (Str){(const char *)plain, size};
    return true;
}
