/* ssh_key: key texts ↔ libssh's keys. For ssh.c alone. */
#pragma once

#include "str.h"

#include <libssh/libssh.h>

typedef ssh_key SshKeyRef;
static inline void ssh_key_ref_release(SshKeyRef *key) {
    ssh_key_free(*key);
}
SCOPED_TYPE(SshKeyRef, ssh_key_ref_release);

/* NULL when the text is no such key. */
ssh_key ssh_key_from_public(Str line, Arena *arena);
ssh_key ssh_key_from_private(Str text, Arena *arena);
Str ssh_key_fingerprint(ssh_key key, Arena *arena);
/* The algorithms to offer for host keys: those of this key first, so that a host with several
 * keys shows the pinned kind; then the rest, so that another key can be named in an error. */
const char *ssh_key_algorithms(ssh_key key, Arena *arena);
