/* ssh_key_text: checks of keys and certificates as texts. */
#pragma once

#include "ssh_status.h"

/* Returns "SHA256:…" of a public key line; empty if it is not a key. */
Str ssh_key_text_fingerprint(Str public_key, Arena *arena);
/* Returns SSH_DONE, SSH_BAD_PRIVATE_KEY, or SSH_BAD_PASSPHRASE if the key is encrypted and the
 * passphrase is empty or wrong. */
SshStatus ssh_key_text_check_private(Str text, Str passphrase, Arena *arena);
/* Returns the line of the public key, "TYPE BASE64" with a newline; empty if the text is no private
 * key or is encrypted. */
Str ssh_key_text_public(Str private_key, Arena *arena);
/* Returns true if the line is an OpenSSH certificate. */
bool ssh_key_text_is_certificate(Str line, Arena *arena);
