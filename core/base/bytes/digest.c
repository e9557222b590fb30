/* Computes hashes with OpenSSL. */
#include "digest.h"

#include "hex.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const EVP_MD *digest_method(DigestKind kind) {
    switch (kind) {
    case DIGEST_MD5: return EVP_md5();
    case DIGEST_SHA1: return EVP_sha1();
    case DIGEST_SHA256: return EVP_sha256();
    case DIGEST_SHA512: return EVP_sha512();
    }
    CHECK(false); /* all kinds are above */
}

struct Digest {
    Arena *arena; /* holds the digest itself */
    EVP_MD_CTX *context;
};

Digest *digest_open(DigestKind kind) {
    Arena *arena = arena_open("digest");
    Digest *digest = arena_new(arena, Digest);
    digest->arena = arena;
    digest->context = EVP_MD_CTX_new();
    CHECK(digest->context && EVP_DigestInit_ex(digest->context, digest_method(kind), NULL));
    return digest;
}

void digest_update(Digest *digest, Str data) {
    if (data.len)
        CHECK(EVP_DigestUpdate(digest->context, data.ptr, data.len));
}

static Str finish_bytes(Digest *digest, Arena *arena) {
    unsigned char *bytes = arena_alloc(arena, EVP_MAX_MD_SIZE);
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(digest->context, bytes, &size));
    EVP_MD_CTX_free(digest->context);
    arena_close(digest->arena);
    return (Str){(const char *)bytes, size};
}

Str digest_finish(Digest *digest, Arena *arena) {
    return hex_encode(finish_bytes(digest, arena), arena);
}

Str digest_bytes(DigestKind kind, Str data, Arena *arena) {
    Digest *digest = digest_open(kind);
    digest_update(digest, data);
    return finish_bytes(digest, arena);
}

Str digest_hmac(DigestKind kind, Str key, Str data, Arena *arena) {
    unsigned char *bytes = arena_alloc(arena, EVP_MAX_MD_SIZE);
    unsigned size = 0;
    CHECK(HMAC(digest_method(kind), key.ptr, (int)key.len, (const unsigned char *)data.ptr,
               data.len, bytes, &size));
    return (Str){(const char *)bytes, size};
}

Str digest_scrypt(Str secret, Str salt, Arena *arena) {
    enum { SIZE = 32, COST = 16384, BLOCK = 8, PARALLEL = 1, MEMORY = 32 << 20 };
    unsigned char *bytes = arena_alloc(arena, SIZE);
    CHECK(EVP_PBE_scrypt(secret.len ? secret.ptr : "", secret.len,
                         (const unsigned char *)(salt.len ? salt.ptr : ""), salt.len, COST, BLOCK,
                         PARALLEL, MEMORY, bytes, SIZE));
    return (Str){(const char *)bytes, SIZE};
}

Str digest_hex(DigestKind kind, Str data, Arena *arena) {
    return hex_encode(digest_bytes(kind, data, arena), arena);
}
