/* backend_cache: records the backend that a directory was initialized with, in terraform.tfstate of
 * the data directory. The format and the hash are Terraform's. */
#pragma once

#include "backend.h"
#include "cli.h"

typedef struct BackendCache {
    Str type;   /* empty: no backend is recorded */
    Str config; /* JSON of the arguments, as configured */
    uint64_t hash;
} BackendCache;

/* Reads the record. A missing record is no error: out->type is empty. */
MUST_USE bool backend_cache_read(const Cli *cli, BackendCache *out, Diags *diags);
/* Writes the record. An empty `cache->type` means that no backend is configured. */
MUST_USE bool backend_cache_write(const Cli *cli, const BackendCache *cache, Diags *diags);
/* Returns Terraform's hash of a backend block. `config` has the arguments as written, without those
 * of flags and environment variables. */
uint64_t backend_cache_hash(const BackendType *type, Value config);
/* Decodes the recorded arguments. Returns false if they do not fit the schema of `type`. */
MUST_USE bool backend_cache_decode(const BackendCache *cache,
                                   const BackendType *type,
                                   Value *out,
                                   Arena *arena);
