/* Reads keys with libssh. */
#include "ssh_key.h"

#include "base64.h"
#include "digest.h"

/* Calls an import function of libssh with the two fields of a key line. */
static ssh_key import_line(Str line, int (*import)(const char *, enum ssh_keytypes_e, ssh_key *),
                           Arena *arena) {
    Str rest = str_trim(line), type, body;
    if (!str_next_field(&rest, ' ', &type) || !str_next_field(&rest, ' ', &body))
        return NULL;
    enum ssh_keytypes_e kind = ssh_key_type_from_name(str_to_cstr(type, arena));
    ssh_key key = NULL;
    if (kind == SSH_KEYTYPE_UNKNOWN)
        return NULL;
    return import(str_to_cstr(str_trim(body), arena), kind, &key) == SSH_OK ? key : NULL;
}

ssh_key ssh_key_from_public(Str line, Arena *arena) {
    return import_line(line, ssh_pki_import_pubkey_base64, arena);
}

ssh_key ssh_key_from_certificate(Str line, Arena *arena) {
    Str rest = str_trim(line), type;
    if (!str_next_field(&rest, ' ', &type) || !str_ends_with(type, STR("-cert-v01@openssh.com")))
        return NULL;
    return import_line(line, ssh_pki_import_cert_base64, arena);
}

/* libssh calls it only for an encrypted key. */
static int note_encryption(const char *prompt, char *buffer, size_t size, int echo, int verify,
                           void *userdata) {
    (void)prompt, (void)buffer, (void)size, (void)echo, (void)verify;
    *(bool *)userdata = true;
    return -1;
}

SshStatus ssh_key_from_private(Str text, Str passphrase, ssh_key *out, Arena *arena) {
    bool is_encrypted = false;
    const char *copy = str_to_cstr(str_trim(text), arena);
    /* The parser needs a final newline, which a template may have removed. */
    copy = str_to_cstr(str_format(arena, "%s\n", copy), arena);
    const char *secret = passphrase.len ? str_to_cstr(passphrase, arena) : NULL;
    if (ssh_pki_import_privkey_base64(copy, secret, note_encryption, &is_encrypted, out) == SSH_OK)
        return SSH_DONE;
    *out = NULL;
    if (secret) {
        /* Distinguishes a wrong passphrase from a text that is no key. */
        ssh_key ignored = NULL;
        if (ssh_pki_import_privkey_base64(copy, NULL, note_encryption, &is_encrypted, &ignored) ==
            SSH_OK)
            ssh_key_free(ignored);
    }
    return is_encrypted ? SSH_BAD_PASSPHRASE : SSH_BAD_PRIVATE_KEY;
}

Str ssh_key_fingerprint(Str blob, Arena *arena) {
    Str hash = base64_encode(digest_bytes(DIGEST_SHA256, blob, arena), arena);
    while (str_ends_with(hash, STR("=")))
        hash.len--;
    return str_concat(STR("SHA256:"), hash, arena);
}

Str ssh_key_blob(ssh_key key, Arena *arena) {
    char *text = NULL;
    Str blob = STR_EMPTY;
    if (ssh_pki_export_pubkey_base64(key, &text) != SSH_OK)
        return STR_EMPTY;
    if (!base64_decode(str_from_cstr(text), &blob, arena))
        blob = STR_EMPTY;
    ssh_string_free_char(text);
    return blob;
}
