/* module_tree: checks, hashes and copies the files of a fetched package. */
#pragma once

#include "diag.h"
#include "io.h"

typedef enum TreeKind {
    TREE_MODULE,  /* without .git; a link counts with its target text */
    TREE_PROVIDER /* all files; a link counts with the content of its target */
} TreeKind;

/* Removes .git directories of a module, and rejects links that lead out of the package. `shown` is
 * the package address for messages. */
MUST_USE bool module_tree_check(const Io *io, Str directory, TreeKind kind, Str shown,
                                SourceRange range, Diags *diags);
/* A file that is open already. */
typedef struct TreeOpenFile {
    Str name; /* path relative to the directory */
    DiskFile file;
} TreeOpenFile;

/* Computes "h1:…": SHA-256 over the digests and names of all files, as in Go's module sums. `open`:
 * a file that is read through its descriptor; NULL: none. Returns 0 or a negative errno. */
int module_tree_digest(const Io *io, Str directory, TreeKind kind, const TreeOpenFile *open,
                       Str *out, Arena *arena);
/* Copies all files that are not hidden into a directory that has none of them. Returns 0 or a
 * negative errno; *at is then the file that failed. */
int module_tree_copy(const Io *io, Str directory, Str to, Str *at, Arena *arena);
