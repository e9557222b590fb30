/* Header, claims and signature of JSON web tokens; keys that cannot sign. */
#include "unit.h"

#include "jwt.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define CLAIMS "{\"iss\":\"a@b\",\"exp\":3600}"

static Str text_of(BIO *bio, Arena *arena) {
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    Str text = str_clone((Str){bytes, (size_t)size}, arena);
    BIO_free(bio);
    return text;
}

static Str pem_of(EVP_PKEY *key, const char *passphrase, Arena *arena) {
    BIO *bio = BIO_new(BIO_s_mem());
    const EVP_CIPHER *cipher = passphrase ? EVP_aes_128_cbc() : NULL;
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, NULL, 0, NULL,
                                                   (void *)(uintptr_t)passphrase),
                     1);
    return text_of(bio, arena);
}

static Str bytes_of_part(Str part, Arena *arena) {
    size_t blanks = (4 - part.len % 4) % 4;
    char *text = arena_alloc(arena, part.len + 4);
    unsigned char *out = arena_alloc(arena, part.len + 4);
    for (size_t i = 0; i < part.len; i++)
        text[i] = part.ptr[i] == '-' ? '+' : part.ptr[i] == '_' ? '/' : part.ptr[i];
    memset(text + part.len, '=', blanks);
    int size = EVP_DecodeBlock(out, (unsigned char *)text, (int)(part.len + blanks));
    assert_true(size >= 0);
    return (Str){(char *)out, (size_t)size - blanks};
}

static void check_signature(EVP_PKEY *key, Str text, Str signature) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestVerify(context, (const unsigned char *)signature.ptr, signature.len,
                                      (const unsigned char *)text.ptr, text.len),
                     1);
    EVP_MD_CTX_free(context);
}

static Str certificate_of(EVP_PKEY *key, unsigned char digest[32], Arena *arena) {
    X509 *certificate = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    unsigned size = 32;
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 60);
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
    assert_int_equal(X509_digest(certificate, EVP_sha256(), digest, &size), 1);
    X509_free(certificate);
    return text_of(bio, arena);
}

static void signs(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EVP_PKEY *key = EVP_RSA_gen(2048);
    unsigned char digest[32];
    Str certificate = certificate_of(key, digest, arena);
    for (int with = 0; with < 4; with++) {
        JwtRequest request = {.key = pem_of(key, NULL, arena), .claims = STR(CLAIMS)};
        Str token, problem, parts[3], rest;
        if (with & 1)
            request.key_id = STR("k\"1");
        if (with & 2)
            request.certificate = certificate;
        assert_true(jwt_sign(&request, &token, &problem, arena));
        rest = token;
        for (int i = 0; i < 3; i++)
            assert_true(str_next_field(&rest, '.', &parts[i]));
        assert_true(rest.ptr == NULL || rest.len == 0);
        Str header = bytes_of_part(parts[0], arena);
        assert_true(str_starts_with(header, STR("{\"alg\":\"RS256\",\"typ\":\"JWT\"")));
        assert_int_equal(str_find(header, STR("\"kid\":\"k\\\"1\""), 0) != SIZE_MAX, with & 1);
        assert_int_equal(str_find(header, STR("\"x5t#S256\""), 0) != SIZE_MAX, with >> 1);
        if (with & 2) {
            Str value = str_after(header, str_find(header, STR("x5t#S256\":\""), 0) + 11);
            value = bytes_of_part(str_slice(value, 0, value.len - 2), arena);
            check_str_equal(value, ((Str){(const char *)digest, sizeof digest}));
        }
        check_str(bytes_of_part(parts[1], arena), CLAIMS);
        Str text = str_slice(token, 0, parts[0].len + 1 + parts[1].len);
        check_signature(key, text, bytes_of_part(parts[2], arena));
    }
    EVP_PKEY_free(key);
}

static void rejects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EVP_PKEY *good = EVP_RSA_gen(2048);
    EVP_PKEY *small = EVP_RSA_gen(1024);
    EVP_PKEY *curve = EVP_EC_gen("P-256");
    const struct {
        Str key;
        Str certificate;
        const char *problem;
    } rows[] = {
        {STR_EMPTY, STR_EMPTY, "not a PEM key"},
        {STR("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), STR_EMPTY,
         "not a PEM key"},
        {pem_of(good, "secret", arena), STR_EMPTY, "without a passphrase"},
        {pem_of(small, NULL, arena), STR_EMPTY, "fewer than 2048 bits"},
        {pem_of(curve, NULL, arena), STR_EMPTY, "not an RSA key"},
        {pem_of(good, NULL, arena), STR("none"), "not a PEM certificate"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        JwtRequest request = {
            .key = rows[i].key, .certificate = rows[i].certificate, .claims = STR(CLAIMS)};
        Str token, problem = STR_EMPTY;
        assert_false(jwt_sign(&request, &token, &problem, arena));
        assert_true(str_find(problem, str_from_cstr(rows[i].problem), 0) != SIZE_MAX);
    }
    EVP_PKEY_free(good);
    EVP_PKEY_free(small);
    EVP_PKEY_free(curve);
}

UNIT_MAIN(test_jwt) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs),
        cmocka_unit_test(rejects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
