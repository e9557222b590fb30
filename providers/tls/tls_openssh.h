/* tls_openssh: keys in the formats of OpenSSH.
 *
 * Supports RSA, Ed25519, and ECDSA on P-256, P-384 and P-521, the only curves of OpenSSH. */
#pragma once

#include "str.h"

#include <openssl/evp.h>

/* A public key as text; every field is empty if OpenSSH does not support the key. */
typedef struct TlsOpensshPublic {
    Str line;   /* such as "ssh-ed25519 AAAA…\n", of authorized_keys and host key files */
    Str md5;    /* fingerprint "aa:bb:…" */
    Str sha256; /* fingerprint "SHA256:…" */
} TlsOpensshPublic;

TlsOpensshPublic tls_openssh_public(EVP_PKEY *key, Arena *arena);
/* Returns an unencrypted "OPENSSH PRIVATE KEY" file; empty if OpenSSH does not support the key. */
Str tls_openssh_private_file(EVP_PKEY *key, Arena *arena);
/* Returns the public key of an "OPENSSH PRIVATE KEY" file without passphrase, owned by the caller;
 * NULL if the text is no such file. */
EVP_PKEY *tls_openssh_read_public(Str file, Arena *arena);
