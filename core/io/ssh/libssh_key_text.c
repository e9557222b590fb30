/* Reads the texts with libssh and frees the keys. */
#include "ssh_key_text.h"

#include "base64.h"
#include "ssh_key.h"

static Str key_text_fingerprint(Str public_key, Arena *arena) {
    SCOPED(SshKeyRef) key = ssh_key_from_public(public_key, arena);
    Str blob = key ? ssh_key_blob(key, arena) : STR_EMPTY;
    return blob.len > 0 ? ssh_key_fingerprint(blob, arena) : STR_EMPTY;
}

static SshStatus key_text_check_private(Str text, Str passphrase, Arena *arena) {
    SCOPED(SshKeyRef) key = NULL;
    return ssh_key_from_private(text, passphrase, &key, arena);
}

static Str key_text_public_of(Str private_key, Arena *arena) {
    SCOPED(SshKeyRef) key = NULL;
    if (ssh_key_from_private(private_key, STR_EMPTY, &key, arena) != SSH_DONE)
        return STR_EMPTY;
    Str blob = base64_encode(ssh_key_blob(key, arena), arena);
    bool is_ecdsa =
        ssh_key_type(key) >= SSH_KEYTYPE_ECDSA_P256 && ssh_key_type(key) <= SSH_KEYTYPE_ECDSA_P521;
    const char *type =
        is_ecdsa ? ssh_pki_key_ecdsa_name(key) : ssh_key_type_to_char(ssh_key_type(key));
    return str_format(arena, "%s %.*s\n", type, STR_ARG(blob));
}

static bool key_text_is_certificate(Str line, Arena *arena) {
    SCOPED(SshKeyRef) key = ssh_key_from_certificate(line, arena);
    return key != NULL;
}

const SshKeyText libssh_key_text = {
    .fingerprint = key_text_fingerprint,
    .check_private = key_text_check_private,
    .public_of = key_text_public_of,
    .is_certificate = key_text_is_certificate,
};
