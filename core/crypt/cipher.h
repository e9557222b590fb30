/* Cipher: the encryption of one kind of data (state, plan, a remote state): a method that encrypts,
 * and fallbacks that may decrypt older data.
 *
 * A NULL cipher means a configuration without encryption: it passes plain text and rejects an
 * envelope. Any other cipher passes plain text only if the text is empty or "unencrypted" is its
 * method or a fallback. Any thread may use a cipher. */
#pragma once

#include "crypt_method.h"
#include "keyring.h"

typedef struct CipherStep {
    const CryptMethodType *type;
    Str name;        /* method.aes_gcm.main */
    Value config;    /* conforms to type->schema, validated, without marks */
    KeySource *keys; /* NULL: the method uses no keys */
    SourceRange range;
} CipherStep;

typedef struct Cipher {
    Keyring *keyring;
    const Io *io; /* runs the programs of external methods; `cancel` stops them */
    const CancelToken *cancel;
    VEC(CipherStep) steps; /* the method, then the fallbacks in order */
} Cipher;

/* Returns true if cipher_seal writes plain text. */
bool cipher_is_plain(const Cipher *cipher);
/* Begins to derive the key of cipher_seal beside other work, if no program is needed for it. */
void cipher_begin(const Cipher *cipher);
/* Encrypts a small text, so that an unavailable key is reported before any work starts. */
MUST_USE bool cipher_prepare(const Cipher *cipher, Diags *diags);
/* Sets `*out` to an envelope around `plain`; `head` is stored unencrypted. If cipher_is_plain,
 * `*out` is `plain`. */
MUST_USE bool cipher_seal(const Cipher *cipher, EnvelopeHead head, Str plain, Str *out,
                          Arena *arena, Diags *diags);

/* A text as it is stored, perhaps encrypted. */
typedef struct StoredText {
    Str what; /* begins the sentences of errors: "The state \"terraform.tfstate\"" */
    Str bytes;
    bool is_outdated; /* set by cipher_open: only a fallback accepts the data, so that the caller
                         should write them again */
} StoredText;

/* Decrypts the text; plain text that the cipher passes becomes `*out` uncopied. */
MUST_USE bool cipher_open(const Cipher *cipher, StoredText *stored, Str *out, Arena *arena,
                          Diags *diags);
