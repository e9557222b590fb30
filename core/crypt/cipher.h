/* Cipher: how one kind of thing is protected (state, plan, a remote state): the method that seals,
 * and the fallbacks that may open what was written before.
 *
 * A NULL cipher is a configuration without encryption: plain text passes, an envelope is refused.
 * With one, plain text passes where "unencrypted" is the method or a fallback. Any thread may use
 * one. */
#pragma once

#include "crypt_method.h"
#include "keyring.h"

typedef struct Cipher Cipher;

typedef struct CipherStep {
    const CryptMethodType *type;
    Str name;        /* method.aes_gcm.main */
    Value config;    /* of type->schema, unmarked, checked */
    KeySource *keys; /* NULL: none */
    SourceRange range;
} CipherStep;

Cipher *cipher_new(Keyring *keyring, Arena *arena);
/* The first is the method, the others fallbacks in their order. */
void cipher_add_step(Cipher *cipher, const CipherStep *step);
/* What is written stays in the clear. */
bool cipher_is_plain(const Cipher *cipher);
/* Seals a trifle, so that a key that cannot be had is known before anything is done. */
MUST_USE bool cipher_prepare(const Cipher *cipher, Diags *diags);
/* An envelope around `plain`, with a state's head in the clear; `plain` itself where
 * cipher_is_plain. */
MUST_USE bool cipher_seal(
    const Cipher *cipher, EnvelopeHead head, Str plain, Str *out, Arena *arena, Diags *diags);
/* The content. `what` begins a sentence: "The state \"terraform.tfstate\"". *is_outdated (may be
 * NULL): it was not opened by the method that seals, so it is to be written anew. */
MUST_USE bool cipher_open(const Cipher *cipher,
                          Str what,
                          Str bytes,
                          Str *out,
                          bool *is_outdated,
                          Arena *arena,
                          Diags *diags);
