/* Keyring: the key providers of one configuration, and the keys that they have given.
 *
 * A key costs a second or a question to a program, so each is got once in a run: the one that seals
 * when something is sealed first, those that open by the metadata that they belong to. What was
 * opened under the metadata that would be stored today seals with the same key.
 *
 * The keys live in the keyring's own memory and are wiped when it is closed. Guards itself. */
#pragma once

#include "envelope.h"
#include "key_provider.h"

typedef struct Keyring Keyring;
typedef struct KeySource KeySource; /* a key_provider block in it */

Keyring *keyring_open(const Io *io, const CancelToken *cancel);
void keyring_close(Keyring *keyring);
/* What it was opened with. */
const Io *keyring_io(const Keyring *keyring);
const CancelToken *keyring_cancel(const Keyring *keyring);

typedef struct KeySourceConfig {
    const KeyProviderType *type;
    Str name;         /* key_provider.pbkdf2.main */
    Str metadata_key; /* what its metadata is stored under: its name, or an alias */
    Value config;     /* of type->schema, unmarked, checked */
    KeySource *chain; /* NULL: none */
    SourceRange range;
} KeySourceConfig;

KeySource *keyring_add(Keyring *keyring, const KeySourceConfig *config);
/* The key to seal with, and the metadata to store. */
MUST_USE bool keyring_to_seal(Keyring *keyring,
                              KeySource *source,
                              Str *key,
                              EnvelopeMetas *metas,
                              Arena *arena,
                              Diags *diags);
/* The key that opens what these metadata are stored with. */
MUST_USE bool keyring_to_open(
    Keyring *keyring, KeySource *source, const EnvelopeMetas *stored, Str *key, Diags *diags);
/* It did open: what it belongs to was not made by somebody else. */
void keyring_trust(Keyring *keyring, KeySource *source, const EnvelopeMetas *stored);
