/* tls_openssh: keys in the formats of OpenSSH.
 *
 * Supports RSA, Ed25519, and ECDSA on P-256, P-384 and P-521, the only curves of OpenSSH. */
#pragma once

#include "str.h"

#include <openssl/evp.h>

/* Returns the wire form of the public key, the input of fingerprints. Empty if OpenSSH does not
 * support the key. */
Str tls_openssh_public_blob(EVP_PKEY *key, Arena *arena);
/* Returns a line such as "ssh-ed25519 AAAA…\n" of authorized_keys and host key files. */
Str tls_openssh_public_line(Str blob, Arena *arena);
/* Returns an unencrypted "OPENSSH PRIVATE KEY" file. */
Str tls_openssh_private_file(EVP_PKEY *key, Str public_blob, Arena *arena);
/* Return the fingerprints "SHA256:…" and "aa:bb:…". */
Str tls_openssh_sha256(Str blob, Arena *arena);
Str tls_openssh_md5(Str blob, Arena *arena);
/* Returns the public key of an "OPENSSH PRIVATE KEY" file without passphrase, owned by the caller;
 * NULL if the text is no such file. */
EVP_PKEY *tls_openssh_read_public(Str file, Arena *arena);
