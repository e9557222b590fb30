/* Sealed values, opened again with the private key. */
#include "sealing.h"

#include "unit.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define NOW 1800000000

typedef struct SealingCase {
    Arena *arena;
    EVP_PKEY *key;
    Str certificate;
} SealingCase;

static Str certificate_of(EVP_PKEY *key, int64_t end_s, Arena *arena) {
    X509 *made = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    assert_true(made && bio);
    X509_time_adj_ex(X509_getm_notBefore(made), 0, 0, &(time_t){NOW - 100});
    X509_time_adj_ex(X509_getm_notAfter(made), 0, 0, &(time_t){(time_t)end_s});
    assert_int_equal(X509_set_pubkey(made, key), 1);
    assert_true(X509_sign(made, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509(bio, made), 1);
    long size = BIO_get_mem_data(bio, &text);
    Str copy = str_clone((Str){text, (size_t)size}, arena);
    BIO_free(bio);
    X509_free(made);
    return copy;
}

static int open_case(void **state) {
    SealingCase *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->arena = arena_open("test");
    c->key = EVP_RSA_gen(2048);
    assert_non_null(c->key);
    c->certificate = certificate_of(c->key, NOW + 100, c->arena);
    *state = c;
    return 0;
}

static int close_case(void **state) {
    SealingCase *c = *state;
    EVP_PKEY_free(c->key);
    arena_close(c->arena);
    free(c);
    return 0;
}

/* Opens as the controller does; returns false for another label. */
static bool open_value(const SealingCase *c, Str sealed, const char *label, Str *out) {
    const unsigned char *bytes = (const unsigned char *)sealed.ptr;
    static const unsigned char nonce[12];
    unsigned char key[256];
    size_t key_size = (size_t)bytes[0] << 8 | bytes[1], opened = sizeof key;
    int made = 0, rest = 0;
    EVP_PKEY_CTX *rsa = EVP_PKEY_CTX_new(c->key, NULL);
    assert_int_equal(EVP_PKEY_decrypt_init(rsa), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_OAEP_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(rsa, EVP_sha256()), 1);
    if (label[0])
        assert_int_equal(
            EVP_PKEY_CTX_set0_rsa_oaep_label(rsa, OPENSSL_strdup(label), (int)strlen(label)), 1);
    bool is_open = EVP_PKEY_decrypt(rsa, key, &opened, bytes + 2, key_size) == 1;
    EVP_PKEY_CTX_free(rsa);
    if (!is_open)
        return false;
    assert_int_equal(opened, 32);
    size_t size = sealed.len - 2 - key_size - 16;
    unsigned char *plain = arena_alloc(c->arena, size + 1);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    assert_int_equal(EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce), 1);
    assert_int_equal(EVP_DecryptUpdate(cipher, plain, &made, bytes + 2 + key_size, (int)size), 1);
    unsigned char tag[16];
    memcpy(tag, bytes + sealed.len - 16, 16);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, 16, tag), 1);
    assert_int_equal(EVP_DecryptFinal_ex(cipher, plain + made, &rest), 1);
    EVP_CIPHER_CTX_free(cipher);
    *out = (Str){(const char *)plain, size};
    return true;
}

static void there_and_back(void **state) {
    const SealingCase *c = *state;
    static const char *const texts[] = {"", "x", "a longer text, with a\nline break"};
    static const char *const labels[] = {"", "space", "space/name"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        for (size_t k = 0; k < ARRAY_COUNT(labels); k++) {
            Str opened;
            Str sealed = sealing_seal(c->certificate, str_from_cstr(labels[k]),
                                      str_from_cstr(texts[i]), c->arena);
            assert_true(open_value(c, sealed, labels[k], &opened));
            check_str(opened, texts[i]);
            assert_false(open_value(c, sealed, "other", &opened));
        }
    }
}

static void differs_each_time(void **state) {
    const SealingCase *c = *state;
    Str a = sealing_seal(c->certificate, STR("l"), STR("x"), c->arena);
    Str b = sealing_seal(c->certificate, STR("l"), STR("x"), c->arena);
    assert_int_equal(a.len, b.len);
    assert_false(str_equal(a, b));
}

static void bad_certificates(void **state) {
    const SealingCase *c = *state;
    EVP_PKEY *curve = EVP_EC_gen("P-256");
    check_str(sealing_check(c->certificate, NOW), "");
    check_str(sealing_check(c->certificate, NOW + 200), "the certificate has expired");
    check_str(sealing_check(STR("none"), NOW), "the text has no certificate in PEM form");
    check_str(sealing_check(STR(""), NOW), "the text has no certificate in PEM form");
    check_str(sealing_check(certificate_of(curve, NOW + 100, c->arena), NOW),
              "the key of the certificate is not an RSA key");
    EVP_PKEY_free(curve);
}

static void fingerprints(void **state) {
    const SealingCase *c = *state;
    Str other = certificate_of(c->key, NOW + 101, c->arena);
    Str two = str_concat(c->certificate, other, c->arena);
    Str own = sealing_fingerprint(c->certificate, c->arena);
    assert_int_equal(own.len, 64);
    check_str_equal(sealing_fingerprint(two, c->arena), own); /* the first one counts */
    assert_false(str_equal(sealing_fingerprint(other, c->arena), own));
}

UNIT_MAIN(test_sealing) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(there_and_back, open_case, close_case),
        cmocka_unit_test_setup_teardown(differs_each_time, open_case, close_case),
        cmocka_unit_test_setup_teardown(bad_certificates, open_case, close_case),
        cmocka_unit_test_setup_teardown(fingerprints, open_case, close_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
