/* Keyring: the key providers of one configuration, and their keys.
 *
 * A key costs a second or the run of a program, so each key is requested once per run. The key that
 * encrypts is requested at the first encryption; keys that decrypt are requested by their metadata.
 * If the metadata of a decryption key match the configuration, the same key encrypts.
 *
 * The keyring owns the memory of the keys and wipes it when closed. It locks itself. */
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

KeySource *keyring_add(Keyring *keyring, const KeySourceConfig *config);
/* Returns the key to encrypt with, and adds the metadata to store. */
MUST_USE bool keyring_to_seal(Keyring *keyring,
                              KeySource *source,
                              Str *key,
                              EnvelopeMetas *metas,
                              Arena *arena,
                              Diags *diags);
/* Returns the key for the stored metadata. */
MUST_USE bool keyring_to_open(
    Keyring *keyring, KeySource *source, const EnvelopeMetas *stored, Str *key, Diags *diags);
/* Call after a successful decryption, which proves that the metadata are genuine. Allows their key
 * for encryption. */
void keyring_trust(Keyring *keyring, KeySource *source, const EnvelopeMetas *stored);
