/* openssl_pem: converts OpenSSL objects from and to PEM. */
#include "openssl_pem.h"

#include "digest.h"
#include "log.h"

#include <limits.h>
#include <openssl/err.h>

Str openssl_pem_text(BIO *bio, Arena *arena) {
    char *text = NULL;
    long size = BIO_get_mem_data(bio, &text);
    return str_clone((Str){text, (size_t)size}, arena);
}

/* Passphrase callback that always fails: loam never prompts for one. */
static int no_phrase(char *, int size, int is_writing, void *) {
    (void)size;
    (void)is_writing;
    return -1;
}

static void report_unreadable(const char *summary, const char *attribute, const char *kind,
                              Diags *diags) {
    ERR_clear_error();
    diags_error(diags, NO_RANGE, summary, "The value of \"%s\" is not a %s in PEM.", attribute,
                kind);
}

/* Returns NULL for a text that is longer than OpenSSL can read. */
static BIO *open_text(Str pem) {
    return pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
}

EVP_PKEY *openssl_pem_read_key(Str pem, const char *summary, const char *attribute, Diags *diags) {
    SCOPED(BioRef) bio = open_text(pem);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_phrase, NULL) : NULL;
    if (!key || openssl_pem_algorithm(key).len == 0) {
        EVP_PKEY_free(key);
        key = NULL;
        report_unreadable(summary, attribute,
                          "private key without a pass phrase, of RSA, ECDSA or Ed25519,", diags);
    }
    log_debug("tls key read", log_cstr("attribute", attribute),
              log_text("algorithm", key ? openssl_pem_algorithm(key) : STR_EMPTY),
              log_number("bits", key ? EVP_PKEY_get_bits(key) : 0));
    return key;
}

X509 *openssl_pem_find_certificate(Str pem) {
    SCOPED(BioRef) bio = open_text(pem);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, no_phrase, NULL) : NULL;
    if (!certificate)
        ERR_clear_error();
    return certificate;
}

X509 *openssl_pem_read_certificate(Str pem, const char *summary, const char *attribute,
                                   Diags *diags) {
    X509 *certificate = openssl_pem_find_certificate(pem);
    if (!certificate)
        report_unreadable(summary, attribute, "certificate", diags);
    log_debug("tls certificate read", log_cstr("attribute", attribute),
              log_number("ok", certificate != NULL));
    return certificate;
}

X509_REQ *openssl_pem_read_request(Str pem, const char *summary, const char *attribute,
                                   Diags *diags) {
    SCOPED(BioRef) bio = open_text(pem);
    X509_REQ *request = bio ? PEM_read_bio_X509_REQ(bio, NULL, no_phrase, NULL) : NULL;
    EVP_PKEY *key = request ? X509_REQ_get0_pubkey(request) : NULL;
    if (!key || X509_REQ_verify(request, key) != 1) {
        X509_REQ_free(request);
        request = NULL;
        report_unreadable(summary, attribute, "certificate request with a valid signature", diags);
    }
    log_debug("tls request read", log_cstr("attribute", attribute),
              log_number("ok", request != NULL));
    return request;
}

Str openssl_pem_certificate_pem(X509 *certificate, Arena *arena) {
    SCOPED(BioRef) bio = BIO_new(BIO_s_mem());
    CHECK(bio && PEM_write_bio_X509(bio, certificate) == 1);
    return openssl_pem_text(bio, arena);
}

Str openssl_pem_der_sha1(unsigned char *der, int size, Arena *arena) {
    CHECK(der && size > 0);
    Str digest = digest_hex(DIGEST_SHA1, (Str){(const char *)der, (size_t)size}, arena);
    OPENSSL_free(der);
    return digest;
}

Str openssl_pem_algorithm(const EVP_PKEY *key) {
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return STR("RSA");
    case EVP_PKEY_EC: return STR("ECDSA");
    case EVP_PKEY_ED25519: return STR("ED25519");
    default: return STR_EMPTY;
    }
}

const EVP_MD *openssl_pem_signature_digest(const EVP_PKEY *key) {
    int bits = EVP_PKEY_get_bits(key);
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519: return NULL;
    case EVP_PKEY_EC: return bits > 384 ? EVP_sha512() : bits > 256 ? EVP_sha384() : EVP_sha256();
    default: return EVP_sha256();
    }
}

Str openssl_pem_reason(Arena *arena) {
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    Str text = str_format(arena, "%s", reason ? reason : "OpenSSL gives no reason");
    ERR_clear_error();
    return text;
}
