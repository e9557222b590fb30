/* DependencyLock: .terraform.lock.hcl in the root module's directory, which records the selected
 * version of each provider and the hashes of its packages.
 *
 * The text is the one that Terraform 1.11 writes, byte for byte, so that both programs can share a
 * directory. The program that the first comment names is kept.
 *
 *   constraints  in canonical form; empty: none
 *   hashes       "h1:…" of the unpacked files, "zh:…" of the archive; sorted, without duplicates */
#pragma once

#include "diag.h"
#include "io.h"
#include "vec.h"

typedef struct DependencyEntry {
    Str address; /* host/namespace/type */
    Str version;
    Str constraints;
    StrVec hashes;
    bool is_moved; /* made by dependency_lock_move of this run; not stored */
} DependencyEntry;

typedef struct DependencyLock {
    VEC(DependencyEntry) entries; /* sorted by address */
    Str program;                  /* program named by the first comment; empty: terraform */
    Str text;                     /* the file as read; ptr NULL: there is none */
} DependencyLock;

#define DEPENDENCY_LOCK_NAME ".terraform.lock.hcl"

/* Reads the lock file in `directory`; a missing file has no entries. */
MUST_USE bool dependency_lock_read(const Io *io, Str directory, DependencyLock *out, Arena *arena,
                                   Diags *diags);
/* Parses the text of a lock file; `path` is for errors. */
MUST_USE bool dependency_lock_parse(Str path, Str text, DependencyLock *out, Arena *arena,
                                    Diags *diags);
Str dependency_lock_text(const DependencyLock *lock, Arena *arena);
/* Returns a copy with its own list of entries. */
DependencyLock dependency_lock_clone(const DependencyLock *lock, Arena *arena);
/* Adds an entry for the provider, with the version and constraints of the entry that the other
 * public registry has for it, if it is in the namespace hashicorp and has no entry. The new entry
 * has no hashes: the packages of the registries differ. Returns the new entry; NULL: none. */
const DependencyEntry *dependency_lock_move(DependencyLock *lock, Str address, Arena *arena);
/* Writes the lock file atomically if its text differs from lock->text. */
MUST_USE bool dependency_lock_write(const Io *io, Str directory, const DependencyLock *lock,
                                    Diags *diags);
/* Returns the entry of the provider, or NULL. */
DependencyEntry *dependency_lock_find(const DependencyLock *lock, Str address);
/* Adds the entry, or replaces the one of the same provider. Sorts its hashes. */
void dependency_lock_set(DependencyLock *lock, DependencyEntry entry, Arena *arena);
