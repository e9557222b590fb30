/* tls_name: names and algorithms of certificates as text. */
#pragma once

#include "str.h"

#include <openssl/x509.h>

/* "CN=a.example,O=Loam": the parts in a fixed order, the others by number and value in hex. */
Str tls_name_text(const X509_NAME *name, Arena *arena);
/* "SHA256-RSA", "ECDSA-SHA384", "Ed25519"; "0": unknown. */
const char *tls_name_signature(const X509 *certificate);
/* "RSA", "ECDSA", "Ed25519", "DSA"; "0": unknown. */
const char *tls_name_key(const X509 *certificate);
