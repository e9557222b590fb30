/* key_provider: where keys come from; one table row per kind, one file each.
 *
 * A key is asked for in one of two directions. To seal: a new one, with the metadata that is
 * stored beside what is sealed, in the clear. To open: the one that belongs to stored metadata.
 * Keys come in memory that the keyring wipes. */
#pragma once

#include "io.h"
#include "schema.h"

typedef struct KeyRequest {
    const Io *io;
    const CancelToken *cancel;
    Str name;          /* key_provider.pbkdf2.main */
    Value config;      /* of the schema's implied type, unmarked, defaults filled in */
    Str chained;       /* the key of the provider that "chain" names; ptr NULL: none is named */
    const Str *stored; /* metadata; NULL: a key to seal with is wanted */
    SourceRange range;
} KeyRequest;

typedef struct KeyResult {
    Str key;
    Str metadata; /* JSON; when sealing */
} KeyResult;

typedef struct KeyProviderType {
    const char *name;
    Schema schema; /* of its block, but for `reference` */
    /* The argument that names another key provider; NULL: none. */
    const char *reference;
    /* What can be said before anything is derived. `is_chained`: the reference is given. */
    bool (*check)(Value config, bool is_chained, SourceRange range, Diags *diags);
    bool (*provide)(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags);
    /* Is what was stored what would be stored now? Then its key seals as well. NULL: never. */
    bool (*is_current)(Value config, Str stored);
} KeyProviderType;

extern const KeyProviderType key_provider_pbkdf2;
extern const KeyProviderType key_provider_external;

/* NULL: there is none. */
const KeyProviderType *key_provider_find(Str name);
/* Row i; NULL past the end. */
const KeyProviderType *key_provider_at(size_t i);
