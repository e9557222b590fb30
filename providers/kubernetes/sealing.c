/* sealing: encryption by OpenSSL. Of several certificates, the first is used, which is the newest
 * of a controller. A failed call with a certificate that passed sealing_check aborts. */
#include "sealing.h"

#include "digest.h"
#include "openssl_pem.h"
#include "random.h"

#include <limits.h>
#include <openssl/rsa.h>

#define KEY_BYTES   32
#define NONCE_BYTES 12
#define TAG_BYTES   16
#define RSA_BYTES   2048 /* of the largest key that OpenSSL accepts */

typedef EVP_PKEY_CTX *RsaRef;
static void rsa_release(RsaRef *ref) {
    EVP_PKEY_CTX_free(*ref);
}
SCOPED_TYPE(RsaRef, rsa_release);

typedef EVP_CIPHER_CTX *CipherRef;
static void cipher_release(CipherRef *ref) {
    EVP_CIPHER_CTX_free(*ref);
}
SCOPED_TYPE(CipherRef, cipher_release);

Str sealing_check(Str certificate, int64_t now_s) {
    SCOPED(CertificateRef) read = openssl_pem_find_certificate(certificate);
    time_t now = (time_t)now_s;
    if (!read)
        return STR("the text has no certificate in PEM form");
    const EVP_PKEY *key = X509_get0_pubkey(read);
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_size(key) > RSA_BYTES)
        return STR("the key of the certificate is not an RSA key");
    return X509_cmp_time(X509_get0_notAfter(read), &now) < 0 ? STR("the certificate has expired")
                                                             : STR_EMPTY;
}

Str sealing_fingerprint(Str certificate, Arena *arena) {
    SCOPED(CertificateRef) read = openssl_pem_find_certificate(certificate);
    unsigned char *bytes = NULL;
    int size = read ? i2d_X509(read, &bytes) : 0;
    CHECK(size > 0);
    Str digest = digest_hex(DIGEST_SHA256, (Str){(const char *)bytes, (size_t)size}, arena);
    OPENSSL_free(bytes);
    return digest;
}

/* Encrypts `key` to the certificate into `out` (RSA_BYTES) and returns the length of the result. */
static size_t seal_key(Str certificate, Str label, const unsigned char *key, unsigned char *out) {
    SCOPED(CertificateRef) read = openssl_pem_find_certificate(certificate);
    CHECK(read);
    SCOPED(RsaRef) rsa = EVP_PKEY_CTX_new(X509_get0_pubkey(read), NULL);
    size_t size = RSA_BYTES;
    CHECK(rsa && EVP_PKEY_encrypt_init(rsa) == 1);
    CHECK(EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_OAEP_PADDING) == 1);
    CHECK(EVP_PKEY_CTX_set_rsa_oaep_md(rsa, EVP_sha256()) == 1);
    CHECK(EVP_PKEY_CTX_set_rsa_mgf1_md(rsa, EVP_sha256()) == 1);
    if (label.len) {
        void *copy = OPENSSL_memdup(label.ptr, label.len); /* the context frees it */
        CHECK(copy && EVP_PKEY_CTX_set0_rsa_oaep_label(rsa, copy, (int)label.len) == 1);
    }
    CHECK(EVP_PKEY_encrypt(rsa, out, &size, key, KEY_BYTES) == 1);
    return size;
}

/* Each key encrypts only one value, so a constant nonce is safe. */
static void seal_content(const unsigned char *key, Str plain, unsigned char *out) {
    static const unsigned char nonce[NONCE_BYTES];
    int made = 0, rest = 0;
    SCOPED(CipherRef) cipher = EVP_CIPHER_CTX_new();
    CHECK(cipher && plain.len <= INT_MAX);
    CHECK(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1);
    if (plain.len)
        CHECK(EVP_EncryptUpdate(cipher, out, &made, (const unsigned char *)plain.ptr,
                                (int)plain.len) == 1);
    CHECK((size_t)made == plain.len && EVP_EncryptFinal_ex(cipher, out + made, &rest) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, out + plain.len) == 1);
}

Str sealing_seal(Str certificate, Str label, Str plain, Arena *arena) {
    unsigned char key[KEY_BYTES];
    unsigned char *out = arena_alloc(arena, 2 + RSA_BYTES + plain.len + TAG_BYTES);
    random_fill(key, KEY_BYTES);
    size_t key_size = seal_key(certificate, label, key, out + 2);
    out[0] = (unsigned char)(key_size >> 8);
    out[1] = (unsigned char)key_size;
    seal_content(key, plain, out + 2 + key_size);
    OPENSSL_cleanse(key, KEY_BYTES);
    return (Str){(const char *)out, 2 + key_size + plain.len + TAG_BYTES};
}
