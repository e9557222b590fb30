/* ssh_key: reads keys and certificates into objects of libssh. Only for this directory. */
#pragma once

#include "ssh_status.h"

#include <libssh/libssh.h>

typedef ssh_key SshKeyRef;
static inline void ssh_key_ref_release(SshKeyRef *key) {
    ssh_key_free(*key);
}
SCOPED_TYPE(SshKeyRef, ssh_key_ref_release);

/* The caller frees the key. Returns NULL if the text is neither a public key line nor a certificate
 * line. */
ssh_key ssh_key_from_public(Str line, Arena *arena);
/* Same, for certificate lines only. */
ssh_key ssh_key_from_certificate(Str line, Arena *arena);
/* Returns SSH_DONE, or SSH_BAD_PRIVATE_KEY or SSH_BAD_PASSPHRASE with *out NULL. The caller frees
 * *out. */
SshStatus ssh_key_from_private(Str text, Str passphrase, ssh_key *out, Arena *arena);
/* Returns the wire format of the public half; empty on failure. */
Str ssh_key_blob(ssh_key key, Arena *arena);
/* Returns "SHA256:…" of a public key in wire format, as ssh-keygen shows it. */
Str ssh_key_fingerprint(Str blob, Arena *arena);
