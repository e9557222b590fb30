/* gcm: encrypts whole texts with AES-GCM. The result is 12 random bytes, the ciphertext, and a tag
 * of 16 bytes. */
#pragma once

#include "str.h"

#define GCM_NONCE_BYTES 12
#define GCM_TAG_BYTES   16

/* Returns true for 16, 24 or 32 bytes. */
bool gcm_is_key(Str key);
/* Encrypts `plain`. `aad` is authenticated with it, but not stored. CHECKs gcm_is_key, as does
 * gcm_open. */
Str gcm_seal(Str key, Str aad, Str plain, Arena *arena);
/* Returns false if the key or `aad` differs, or `sealed` was changed or is too short. */
MUST_USE bool gcm_open(Str key, Str aad, Str sealed, Str *out, Arena *arena);
