/* openssl_pem: scoped types for OpenSSL handles, and objects in PEM. */
#pragma once

#include "diag.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

typedef EVP_PKEY *KeyRef;
static inline void key_release(KeyRef *key) {
    EVP_PKEY_free(*key);
}
SCOPED_TYPE(KeyRef, key_release);

typedef BIO *BioRef;
static inline void bio_release(BioRef *bio) {
    BIO_free(*bio);
}
SCOPED_TYPE(BioRef, bio_release);

typedef X509 *CertificateRef;
static inline void certificate_release(CertificateRef *certificate) {
    X509_free(*certificate);
}
SCOPED_TYPE(CertificateRef, certificate_release);

typedef X509_REQ *RequestRef;
static inline void request_release(RequestRef *request) {
    X509_REQ_free(*request);
}
SCOPED_TYPE(RequestRef, request_release);

/* Returns the content of a memory BIO. */
Str openssl_pem_text(BIO *bio, Arena *arena);
/* Returns the first certificate of the text, which the caller owns; NULL if there is none. */
X509 *openssl_pem_find_certificate(Str pem);
/* These return an object that the caller owns. On failure they return NULL, with an error of this
 * summary that names the attribute in its detail. Keys must be RSA, ECDSA or Ed25519 without a
 * passphrase; the signature of a request must be valid. */
EVP_PKEY *openssl_pem_read_key(Str pem, const char *summary, const char *attribute, Diags *diags);
X509 *openssl_pem_read_certificate(Str pem, const char *summary, const char *attribute,
                                   Diags *diags);
X509_REQ *openssl_pem_read_request(Str pem, const char *summary, const char *attribute,
                                   Diags *diags);
Str openssl_pem_certificate_pem(X509 *certificate, Arena *arena);
/* Returns the hex SHA-1 of a DER object; frees `der`, which OpenSSL allocated. */
Str openssl_pem_der_sha1(unsigned char *der, int size, Arena *arena);
/* Returns "RSA", "ECDSA" or "ED25519"; empty for other kinds. */
Str openssl_pem_algorithm(const EVP_PKEY *key);
/* Returns the digest for signatures with a key; NULL for Ed25519, which needs none. */
const EVP_MD *openssl_pem_signature_digest(const EVP_PKEY *key);
/* Returns the reason of OpenSSL's latest error; clears its queue. */
Str openssl_pem_reason(Arena *arena);
