/* Reads the texts with libssh and frees the keys. */
#include "ssh_key_text.h"

#include "ssh_key.h"

Str ssh_key_text_fingerprint(Str public_key, Arena *arena) {
    SCOPED(SshKeyRef) key = ssh_key_from_public(public_key, arena);
    Str blob = key ? ssh_key_blob(key, arena) : STR_EMPTY;
    return blob.len > 0 ? ssh_key_fingerprint(blob, arena) : STR_EMPTY;
}

SshStatus ssh_key_text_check_private(Str text, Str passphrase, Arena *arena) {
    SCOPED(SshKeyRef) key = NULL;
    return ssh_key_from_private(text, passphrase, &key, arena);
}

bool ssh_key_text_is_certificate(Str line, Arena *arena) {
    SCOPED(SshKeyRef) key = ssh_key_from_certificate(line, arena);
    return key != NULL;
}
