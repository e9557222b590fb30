/* certificate: signs X.509 certificates and encodes keys with OpenSSL. */
#pragma once

#include "openssl_pem.h"

/* What a certificate contains. Zero means absent. */
typedef struct CertificateContent {
    EVP_PKEY *key; /* of the certificate's subject */
    const X509_NAME *subject;
    GENERAL_NAMES *names;         /* NULL: none */
    unsigned usage;               /* KU_… */
    EXTENDED_KEY_USAGE *purposes; /* NULL: none */
    bool is_ca;
    int64_t path_length; /* of a certificate authority; negative: no limit */
    bool sets_subject_key_id;
    bool sets_authority_key_id; /* only if self-signed; other certificates always have it */
    int64_t start;              /* Unix time in seconds */
    int64_t end;
} CertificateContent;

/* Signs a certificate with a random serial number of 128 bits. `issuer` NULL: self-signed. The
 * caller frees the result. Returns NULL with *problem, a sentence without a full stop, if OpenSSL
 * rejects the content or the key. */
X509 *certificate_sign(const CertificateContent *content, EVP_PKEY *issuer_key, X509 *issuer,
                       Str *problem, Arena *arena);
/* Returns the serial number as a decimal. */
Str certificate_serial(X509 *certificate, Arena *arena);
/* Return the start and the end of the validity: Unix time in seconds. */
int64_t certificate_start(const X509 *certificate);
int64_t certificate_end(const X509 *certificate);
/* Returns the private key in the traditional form: PKCS#1 for RSA, SEC 1 for ECDSA. */
Str certificate_key_pem(EVP_PKEY *key, Arena *arena);
Str certificate_public_key_pem(EVP_PKEY *key, Arena *arena);
