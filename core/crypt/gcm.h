/* gcm: AES-GCM over whole texts: 12 random bytes, the ciphertext, a tag of 16. */
#pragma once

#include "str.h"

#define GCM_NONCE_BYTES 12
#define GCM_TAG_BYTES   16

/* 16, 24 or 32 bytes. */
bool gcm_is_key(Str key);
/* `aad` is bound to the text, but is not in it. */
Str gcm_seal(Str key, Str aad, Str plain, Arena *arena);
/* False: another key, another `aad`, or changed bytes. */
MUST_USE bool gcm_open(Str key, Str aad, Str sealed, Str *out, Arena *arena);
