/* tls_public: the public key of a given private key; shared by the data source and the ephemeral
 * resource tls_public_key. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* clang-format off */
#define TLS_PUBLIC_ATTRIBUTES                                                                      \
    {"private_key_pem",               &TYPE_STRING, OPTIONAL | SENSITIVE, "Private key in PEM."}, \
    {"private_key_openssh",           &TYPE_STRING, OPTIONAL | SENSITIVE, "Private key in OpenSSH format."}, \
    {"algorithm",                     &TYPE_STRING, COMPUTED, "Algorithm of the key: \"RSA\", \"ECDSA\" or \"ED25519\"."}, \
    {"public_key_pem",                &TYPE_STRING, COMPUTED, "Public key in PEM."},               \
    {"public_key_openssh",            &TYPE_STRING, COMPUTED, "Public key as a line of authorized_keys; empty for P224."}, \
    {"public_key_fingerprint_md5",    &TYPE_STRING, COMPUTED, "MD5 fingerprint in OpenSSH format; empty for P224."}, \
    {"public_key_fingerprint_sha256", &TYPE_STRING, COMPUTED, "SHA-256 fingerprint in OpenSSH format; empty for P224."}, \
    {"id",                            &TYPE_STRING, COMPUTED, "SHA-1 of the public key in DER, in hex."}
/* clang-format on */

/* clang-format off */
/* Rows of a table of rules. In both orders, so that each argument gets an error at its own
 * range. */
#define TLS_PUBLIC_RULES                                                                           \
    {RULE_EXACTLY_ONE, {"private_key_openssh", "private_key_pem"}},                                \
    {RULE_EXACTLY_ONE, {"private_key_pem", "private_key_openssh"}}
/* clang-format on */

/* *out is the configuration with the encodings of the public key. */
MUST_USE bool tls_public_describe(const Call *call, Value config, Value *out, Diags *diags);
