/* tls_name: names and algorithms of certificates as text. */
#pragma once

#include "str.h"

#include <openssl/x509.h>

/* Returns text such as "CN=a.example,O=Loam": known parts in a fixed order, others by OID and hex
 * value. */
Str tls_name_text(const X509_NAME *name, Arena *arena);
/* Returns "SHA256-RSA", "ECDSA-SHA384", "Ed25519"; "0" if unknown. */
const char *tls_name_signature(const X509 *certificate);
/* Returns "RSA", "ECDSA", "Ed25519", "DSA"; "0" if unknown. */
const char *tls_name_key(const X509 *certificate);
