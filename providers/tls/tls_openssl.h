/* tls_openssl: OpenSSL's handles as scoped types, and objects in PEM. */
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

/* All that a memory BIO holds. */
Str tls_openssl_text(BIO *bio, Arena *arena);
/* NULL: adds an error with this summary, at the attribute. */
EVP_PKEY *tls_openssl_read_key(Str pem, const char *summary, const char *attribute, Diags *diags);
X509 *tls_openssl_read_certificate(Str pem,
                                   const char *summary,
                                   const char *attribute,
                                   Diags *diags);
X509_REQ *tls_openssl_read_request(Str pem,
                                   const char *summary,
                                   const char *attribute,
                                   Diags *diags);
Str tls_openssl_certificate_pem(X509 *certificate, Arena *arena);
/* The hex digest, by SHA-1, of an object in DER; `der` is OpenSSL's and freed. */
Str tls_openssl_der_sha1(unsigned char *der, int size, Arena *arena);
/* "RSA", "ECDSA" or "ED25519"; empty: another kind. */
Str tls_openssl_algorithm(const EVP_PKEY *key);
/* The reason of OpenSSL's newest error; clears its queue. */
Str tls_openssl_reason(Arena *arena);
