/* Keyring: the key providers of one configuration, and their keys.
 *
 * A key costs a second or the run of a program, so the keyring keeps every key that it obtains: one
 * for encryption, requested at the first encryption, and one for each stored metadata. After
 * keyring_trust the key of a decryption encrypts too, if its provider has no chain and the
 * configuration would still produce its metadata.
 *
 * keyring_derive_early derives the key for encryption while the caller does other work.
 *
 * The keyring owns the memory of the keys and wipes it when closed. It locks itself, except in
 * keyring_add: add all sources before other threads use it. */
#pragma once

#include "envelope.h"
#include "key_provider.h"

typedef struct Keyring Keyring;
typedef struct KeySource KeySource; /* a key_provider block */

Keyring *keyring_open(const Io *io, const CancelToken *cancel);
void keyring_close(Keyring *keyring);

typedef struct KeySourceConfig {
    const KeyProviderType *type;
    Str name;         /* key_provider.pbkdf2.main */
    Str metadata_key; /* name of its stored metadata: the provider's name, or an alias */
    Value config;     /* conforms to type->schema, validated, without marks */
    KeySource *chain; /* NULL: none */
    SourceRange range;
} KeySourceConfig;

/* Copies `config`, but not its `type` and `chain`. */
KeySource *keyring_add(Keyring *keyring, const KeySourceConfig *config);
/* Sets `*key` to the key to encrypt with, and adds the metadata to store: its own and those of the
 * chain. Fails if two of them have the same name. */
MUST_USE bool keyring_seal_key(Keyring *keyring, KeySource *source, Str *key, EnvelopeMetas *metas,
                               Arena *arena, Diags *diags);
/* Begins to derive the key to encrypt with, in a thread of its own. Does nothing if the key is
 * known, or if a provider of the chain does more than compute. */
void keyring_derive_early(Keyring *keyring, KeySource *source);
/* Sets `*key` to the key for the stored metadata. The keyring owns it. */
MUST_USE bool keyring_open_key(Keyring *keyring, KeySource *source, const EnvelopeMetas *stored,
                               Str *key, Diags *diags);
/* Call after a successful decryption, which proves that the metadata are genuine. Their key then
 * encrypts too, if it qualifies (see above) and no encryption key was requested before. */
void keyring_trust(Keyring *keyring, KeySource *source, const EnvelopeMetas *stored);
