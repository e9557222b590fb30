/* tls_key: a key pair in several encodings. The resource and the ephemeral resource tls_private_key
 * generate it; the data source and the ephemeral resource tls_public_key read it from a given
 * private key.
 *
 * The formats of OpenSSH support RSA, Ed25519, and ECDSA on P-256, P-384 and P-521. */
#pragma once

#include "object_builder.h"
#include "provider.h"

#include <openssl/evp.h>

/* clang-format off */
/* Rows of an attribute table: settings and encodings. `settings` is added to the flags of the
 * settings. */
#define TLS_KEY_ATTRIBUTES(settings)                                                               \
    {"algorithm", &TYPE_STRING, REQUIRED | (settings),                                             \
     "\"RSA\", \"ECDSA\" or \"ED25519\".", .one_of = "RSA ECDSA ED25519"},                      \
    {"rsa_bits", &TYPE_NUMBER, OPTIONAL | COMPUTED | (settings),                                   \
     "Size of an RSA key in bits.", .default_json = "2048", .check = tls_key_check_bits},          \
    {"ecdsa_curve", &TYPE_STRING, OPTIONAL | COMPUTED | (settings),                                \
     "Curve of an ECDSA key: \"P224\", \"P256\", \"P384\" or \"P521\".",                           \
     .default_json = "\"P224\"", .one_of = "P224 P256 P384 P521"},                                    \
    {"private_key_pem", &TYPE_STRING, COMPUTED | SENSITIVE,                                        \
     "Private key in PEM: PKCS#1 for RSA, SEC 1 for ECDSA, PKCS#8 for Ed25519."},                  \
    {"private_key_openssh", &TYPE_STRING, COMPUTED | SENSITIVE,                                    \
     "Private key in OpenSSH format; empty for P224."},                                          \
    {"private_key_pem_pkcs8", &TYPE_STRING, COMPUTED | SENSITIVE, "Private key in PEM, PKCS#8."},  \
    {"public_key_pem", &TYPE_STRING, COMPUTED, "Public key in PEM."},                              \
    {"public_key_openssh", &TYPE_STRING, COMPUTED,                                                 \
     "Public key as a line of authorized_keys; empty for P224."},                                   \
    {"public_key_fingerprint_md5", &TYPE_STRING, COMPUTED,                                         \
     "MD5 fingerprint in OpenSSH format; empty for P224."},                                       \
    {"public_key_fingerprint_sha256", &TYPE_STRING, COMPUTED,                                      \
     "SHA-256 fingerprint in OpenSSH format; empty for P224."}
/* clang-format on */

/* clang-format off */
#define TLS_KEY_PUBLIC_ATTRIBUTES                                                                      \
    {"private_key_pem",               &TYPE_STRING, OPTIONAL | SENSITIVE, "Private key in PEM."}, \
    {"private_key_openssh",           &TYPE_STRING, OPTIONAL | SENSITIVE, "Private key in OpenSSH format."}, \
    {"algorithm",                     &TYPE_STRING, COMPUTED, "Algorithm of the key: \"RSA\", \"ECDSA\" or \"ED25519\"."}, \
    {"public_key_pem",                &TYPE_STRING, COMPUTED, "Public key in PEM."},               \
    {"public_key_openssh",            &TYPE_STRING, COMPUTED, "Public key as a line of authorized_keys; empty for P224."}, \
    {"public_key_fingerprint_md5",    &TYPE_STRING, COMPUTED, "MD5 fingerprint in OpenSSH format; empty for P224."}, \
    {"public_key_fingerprint_sha256", &TYPE_STRING, COMPUTED, "SHA-256 fingerprint in OpenSSH format; empty for P224."}, \
    {"id",                            &TYPE_STRING, COMPUTED, "SHA-1 of the public key in DER, in hex."}

/* Rows of a table of rules. In both orders, so that each argument gets an error at its own
 * range. */
#define TLS_KEY_PUBLIC_RULES                                                                           \
    {RULE_EXACTLY_ONE, {"private_key_openssh", "private_key_pem"}},                                \
    {RULE_EXACTLY_ONE, {"private_key_pem", "private_key_openssh"}}
/* clang-format on */

Str tls_key_check_bits(Value value, Arena *arena);

/* Generates a key from the settings and sets its encodings. *id: hex SHA-1 of the public key in
 * DER. */
MUST_USE bool tls_key_make(Value settings, ObjectBuilder *builder, Str *id, Arena *arena,
                           Diags *diags);
/* Sets the encodings of the stored private_key_pem, some of which hashicorp/tls before 4.0 did not
 * store. */
MUST_USE bool tls_key_complete(ObjectBuilder *builder, Str *id, Arena *arena, Diags *diags);
/* Reads the private key of the configuration. *out is the configuration with the encodings of the
 * public key. */
MUST_USE bool tls_key_read_public(const Call *call, Value config, Value *out, Diags *diags);
