/* CipherSet: what a configuration says of encryption, ready to be used: a cipher for each kind of
 * thing. All NULL: it says nothing. */
#pragma once

#include "cipher.h"
#include "map.h"

typedef struct CipherSet {
    Keyring *keyring;
    const Cipher *state;
    const Cipher *plan;
    const Cipher *remote_default; /* of states that others have written */
    Map remotes;                  /* name of the data source → Cipher */
} CipherSet;

/* Wipes all keys. */
void cipher_set_close(CipherSet *set);
SCOPED_TYPE(CipherSet, cipher_set_close);
/* Of the data source at this address: "module.a.data.terraform_remote_state.b" is named "a.b". */
const Cipher *cipher_set_remote(const CipherSet *set, Str address);
