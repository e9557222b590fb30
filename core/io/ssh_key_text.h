/* ssh_key_text: checks of keys and certificates as texts. */
#pragma once

#include "ssh_status.h"

typedef struct SshKeyText {
    /* Returns "SHA256:…" of a public key line; empty if it is not a key. */
    Str (*fingerprint)(Str public_key, Arena *arena);
    /* Returns SSH_DONE, SSH_BAD_PRIVATE_KEY, or SSH_BAD_PASSPHRASE if the key is encrypted and the
     * passphrase is empty or wrong. */
    SshStatus (*check_private)(Str text, Str passphrase, Arena *arena);
    /* Returns the line of the public key, "TYPE BASE64" with a newline; empty if the text is no
     * private key or is encrypted. */
    Str (*public_of)(Str private_key, Arena *arena);
    /* Returns true if the line is an OpenSSH certificate. */
    bool (*is_certificate)(Str line, Arena *arena);
} SshKeyText;

/* Loads the plugin of ssh.h. NULL: it cannot be loaded; *problem says why. */
const SshKeyText *ssh_key_text(Str *problem, Arena *arena);
/* The checks in that plugin. A test program may contain them; then it loads nothing. */
extern const SshKeyText libssh_key_text __attribute__((weak));
