/* suite_manifest: the list of states that outlive their test, in the file `manifest.json` of the
 * storage's directory. Terraform (1.14, alpha releases) reads and writes the same file:
 *
 *    {"version": 0,
 *     "files": {TEST-FILE: {"states": {STATE-KEY: {"id": ID, "reason": REASON, "run": RUN}}}}}
 *
 *    id      the state is in ID.tfstate; absent: in the backend of a run
 *    reason  "skip_cleanup", "dependency" or "error"
 *    run     the run with whose values the state is destroyed; only loam writes it
 *
 * An entry is durable before its state has objects, so that a killed test leaves it. */
#pragma once

#include "suite.h"
#include "suite_storage.h"

typedef struct SuiteEntry {
    Str key;
    Str id;  /* empty: the state is in a backend */
    Str run; /* empty: unknown */
    SuiteReason reason;
} SuiteEntry;

typedef VEC(SuiteEntry) SuiteEntries;

/* Reads the entries of a test file. */
MUST_USE bool suite_manifest_read(const SuiteStorage *storage, Str file, SuiteEntries *out,
                                  Arena *arena, Diags *diags);
/* Reads the names of all test files that have entries. */
MUST_USE bool suite_manifest_files(const SuiteStorage *storage, StrVec *out, Arena *arena,
                                   Diags *diags);
/* Adds or replaces entries of a test file; removes those without a reason. Waits for the lock of
 * the manifest, which other runs hold shortly. */
MUST_USE bool suite_manifest_update(const SuiteStorage *storage, const Io *io, Str file,
                                    const SuiteEntries *entries, Diags *diags);
const SuiteEntry *suite_manifest_find(const SuiteEntries *entries, Str key);
/* Returns the name of the file with that state: ID.tfstate. */
Str suite_manifest_file_name(Str id, Arena *arena);
/* Returns a new ID: 8 letters and digits. */
Str suite_manifest_new_id(Arena *arena);
