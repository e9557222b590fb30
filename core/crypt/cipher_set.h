/* CipherSet: the ciphers of a configuration: state, plan, remote states. A NULL cipher leaves its
 * kind of data unencrypted; without an encryption block all are NULL. */
#pragma once

#include "cipher.h"
#include "map.h"

typedef struct CipherSet {
    Keyring *keyring;
    const Cipher *state;
    const Cipher *plan;
    const Cipher *remote_default; /* for remote states that `remotes` does not name */
    Map remotes;                  /* "name" of a remote state data source → Cipher */
} CipherSet;

/* Wipes all keys and closes the keyring. */
void cipher_set_close(CipherSet *set);
SCOPED_TYPE(CipherSet, cipher_set_close);
/* Returns the cipher for the data source at this address, or NULL: no encryption. In `remotes`,
 * "module.a.data.terraform_remote_state.b" has the name "a.b". `set` may be NULL. */
const Cipher *cipher_set_remote(const CipherSet *set, Str address);
