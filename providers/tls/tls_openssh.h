/* tls_openssh: keys in the formats of OpenSSH.
 *
 * RSA, ECDSA on P-256, P-384 and P-521, and Ed25519; OpenSSH knows no other curve. */
#pragma once

#include "str.h"

#include <openssl/evp.h>

/* The wire form of the public key: what a fingerprint is taken of. Empty: OpenSSH has no such keys.
 */
Str tls_openssh_public_blob(EVP_PKEY *key, Arena *arena);
/* "ssh-ed25519 AAAA…\n", as authorized_keys and host key files hold it. */
Str tls_openssh_public_line(Str blob, Arena *arena);
/* An unencrypted "OPENSSH PRIVATE KEY" file. */
Str tls_openssh_private_file(EVP_PKEY *key, Str public_blob, Arena *arena);
/* "SHA256:…" and "aa:bb:…" */
Str tls_openssh_sha256(Str blob, Arena *arena);
Str tls_openssh_md5(Str blob, Arena *arena);
/* The public key in an "OPENSSH PRIVATE KEY" file without a pass phrase, freed by the caller; NULL:
 * the text is no such file. */
EVP_PKEY *tls_openssh_read_public(Str file, Arena *arena);
