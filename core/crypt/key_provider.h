/* key_provider: sources of keys; one table row and one file for each kind.
 *
 * A request has one of two directions. To encrypt: return a key with metadata, which is stored
 * unencrypted beside the data. To decrypt: return the key for stored metadata. The keyring wipes
 * the memory of the keys. */
#pragma once

#include "io.h"
#include "schema.h"

typedef struct KeyRequest {
    const Io *io;
    const CancelToken *cancel;
    Str name;          /* key_provider.pbkdf2.main */
    Value config;      /* conforms to the schema, without marks, with defaults */
    Str chained;       /* key of the provider that the `reference` argument names; ptr NULL: none */
    const Str *stored; /* metadata of the key to decrypt with; NULL: a key to encrypt with */
    SourceRange range;
} KeyRequest;

typedef struct KeyResult {
    Str key;
    Str metadata; /* JSON; ignored when decrypting */
} KeyResult;

typedef struct KeyProviderType {
    const char *name;
    Schema schema; /* its own arguments of a key_provider block, without `reference` */
    /* The argument that names another key provider; NULL: none. */
    const char *reference;
    /* Validates the arguments before any key is derived. `is_chained`: the argument `reference` is
     * set. NULL: no validation beyond the schema. */
    bool (*check)(Value config, bool is_chained, SourceRange range, Diags *diags);
    bool (*provide)(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags);
    bool only_computes; /* `provide` reads and runs nothing, so it may begin early */
    /* Returns true if a new key would have the same parameters as the stored metadata. Then the
     * stored key encrypts too, unless the provider is chained. NULL: never. */
    bool (*is_current)(Value config, Str stored);
} KeyProviderType;

extern const KeyProviderType key_provider_pbkdf2;
extern const KeyProviderType key_provider_external;
extern const KeyProviderType key_provider_openbao;
extern const KeyProviderType key_provider_aws_kms;
extern const KeyProviderType key_provider_gcp_kms;
extern const KeyProviderType key_provider_azure_vault;

/* Returns the row of this name. If there is none, returns NULL and sets *known to the quoted names
 * of all rows. */
const KeyProviderType *key_provider_find(Str name, Str *known, Arena *arena);
/* For `provide`: reports that the stored metadata have another form than this kind writes. Returns
 * false. */
bool key_provider_report_damage(const KeyRequest *request, Diags *diags);
