/* Reads and formats keys in the text formats of OpenSSH. */
#include "ssh_key.h"

#include "ssh.h"

ssh_key ssh_key_from_public(Str line, Arena *arena) {
    Str rest = str_trim(line), type, body;
    if (!str_next_field(&rest, ' ', &type) || !str_next_field(&rest, ' ', &body))
        return NULL;
    enum ssh_keytypes_e kind = ssh_key_type_from_name(str_to_cstr(type, arena));
    ssh_key key = NULL;
    if (kind == SSH_KEYTYPE_UNKNOWN)
        return NULL;
    if (ssh_pki_import_pubkey_base64(str_to_cstr(body, arena), kind, &key) != SSH_OK)
        return NULL;
    return key;
}

ssh_key ssh_key_from_private(Str text, Arena *arena) {
    ssh_key key = NULL;
    const char *copy = str_to_cstr(str_trim(text), arena);
    /* The parser needs a final newline, which a template may have removed. */
    copy = str_to_cstr(str_format(arena, "%s\n", copy), arena);
    if (ssh_pki_import_privkey_base64(copy, NULL, NULL, NULL, &key) != SSH_OK)
        return NULL;
    return key;
}

Str ssh_key_fingerprint(ssh_key key, Arena *arena) {
    unsigned char *hash = NULL;
    size_t size = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0)
        return STR_EMPTY;
    char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    Str fingerprint = str_clone(str_from_cstr(text), arena);
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    return fingerprint;
}

const char *ssh_key_algorithms(ssh_key key, Arena *arena) {
    static const char *const all[] = {
        "ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256",
    };
    const char *type = ssh_key_type_to_char(ssh_key_type(key));
    Str prefix = strcmp(type, "ssh-rsa") == 0 ? STR("rsa-sha2-") : str_from_cstr(type);
    Str list[ARRAY_COUNT(all)];
    size_t count = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
            bool is_pinned = str_starts_with(str_from_cstr(all[i]), prefix);
            if (is_pinned == (round == 0))
                list[count++] = str_from_cstr(all[i]);
        }
    }
    return str_to_cstr(str_join(list, count, STR(","), arena), arena);
}

Str ssh_fingerprint(Str public_key, Arena *arena) {
    SCOPED(SshKeyRef) key = ssh_key_from_public(public_key, arena);
    return key ? ssh_key_fingerprint(key, arena) : STR_EMPTY;
}

bool ssh_is_private_key(Str text, Arena *arena) {
    SCOPED(SshKeyRef) key = ssh_key_from_private(text, arena);
    return key != NULL;
}
