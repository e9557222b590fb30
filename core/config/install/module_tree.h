/* module_tree: a fetched package as files: made clean, judged, and its digest. */
#pragma once

#include "diag.h"
#include "io.h"

/* Nothing in it leads out of it, and no record of git's is left. `shown` names the package. */
MUST_USE bool module_tree_check(
    const Io *io, Str folder, Str shown, SourceRange range, Diags *diags);
/* "h1:…": SHA-256 over the digests and names of all files, as Go's module sums are made; of a link
 * its text counts. Negative errno. */
int module_tree_digest(const Io *io, Str folder, Str *out, Arena *arena);
/* All files that are not hidden into a folder that has none of them; *at is the one that failed. */
int module_tree_copy(const Io *io, Str folder, Str to, Str *at, Arena *arena);
