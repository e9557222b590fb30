/* openpgp: verifies detached OpenPGP signatures (RFC 4880, RFC 9580) of version 4.
 *
 * Debian has librnp (C++ and Botan), gpgme (starts gpg) and Sequoia (no stable C interface). All
 * cost more than this reader of packets; OpenSSL does the arithmetic.
 *
 * Accepted: RSA from 2048 bits, DSA of 2048 or 3072 bits, ECDSA on P-256, P-384 and P-521, and
 * Ed25519, with SHA-256, SHA-384 or SHA-512; primary keys and subkeys. Rejected: all other
 * algorithms and versions, signatures of texts, and unknown critical subpackets.
 *
 * The signatures by which a key states its subkeys and its lifetime are read, but not verified: a
 * registry gives the keys in the same response as the checksums, so they would prove nothing more.
 * The caller decides about an expired key. An expired signature is rejected. */
#pragma once

#include "str.h"

typedef struct OpenpgpKey {
    Str fingerprint; /* of the key that signed, 40 digits in upper case */
    Str id;          /* its last 16 digits */
    bool is_expired; /* this key, or the primary key of this subkey */
} OpenpgpKey;

/* Data with a signature, both the signature and the keys as ASCII armor or binary. */
typedef struct OpenpgpSigned {
    Str data;
    Str signature;
    Str keys; /* one of them must have made the signature */
} OpenpgpSigned;

/* Verifies the signature at the time now_s, in seconds since 1970. On failure *problem is the
 * reason, the end of a sentence. */
MUST_USE bool openpgp_verify(const OpenpgpSigned *input, int64_t now_s, OpenpgpKey *out,
                             Str *problem, Arena *arena);
