/* ssh_key: converts between key texts and libssh's keys. Only for ssh.c. */
#pragma once

#include "str.h"

#include <libssh/libssh.h>

typedef ssh_key SshKeyRef;
static inline void ssh_key_ref_release(SshKeyRef *key) {
    ssh_key_free(*key);
}
SCOPED_TYPE(SshKeyRef, ssh_key_ref_release);

/* Return NULL if the text is not such a key. */
ssh_key ssh_key_from_public(Str line, Arena *arena);
ssh_key ssh_key_from_private(Str text, Arena *arena);
Str ssh_key_fingerprint(ssh_key key, Arena *arena);
/* Returns the host key algorithms to offer. Those of this key come first, so that a host with
 * several keys sends the pinned kind. The others follow, so that an error can name another key. */
const char *ssh_key_algorithms(ssh_key key, Arena *arena);
