/* backend_cache: the backend that a folder was initialized with: terraform.tfstate in the data
 * folder, in the form that the known tools write there (and hash). */
#pragma once

#include "backend.h"
#include "cli.h"

typedef struct BackendCache {
    Str type;   /* empty: none is recorded */
    Str config; /* JSON of the arguments, as configured */
    uint64_t hash;
} BackendCache;

/* Nothing recorded is no error. */
MUST_USE bool backend_cache_read(const Cli *cli, BackendCache *out, Diags *diags);
/* `cache->type` empty: that none is configured. */
MUST_USE bool backend_cache_write(const Cli *cli, const BackendCache *cache, Diags *diags);
/* Of the block as it is written, without what flags and the environment add. */
uint64_t backend_cache_hash(const BackendType *type, Value config);
/* False when it is not what this type's schema can have. */
MUST_USE bool backend_cache_decode(const BackendCache *cache,
                                   const BackendType *type,
                                   Value *out,
                                   Arena *arena);
