/* GitDirectory: a private directory for a clone and its credentials, below
 * $XDG_CACHE_HOME/loam/git, or $HOME/.cache/loam/git.
 *
 * Its owner holds a lock on the file "NAME.lock" beside it, which is made first and removed last. A
 * directory without a locked file is left over from a killed process: the next git_directory_open
 * removes it. */
#pragma once

#include "io.h"

typedef struct GitDirectory {
    const Disk *disk; /* NULL: none is open */
    Str path;         /* absolute; mode 0700 */
    Str lock_path;
    DiskFile lock;
} GitDirectory;

/* Creates an empty directory, and removes those that killed processes left. Returns false with a
 * sentence in *problem. */
MUST_USE bool git_directory_open(const Io *io, GitDirectory *out, Str *problem, Arena *arena);
/* Removes the directory with all content. */
void git_directory_close(GitDirectory *directory);
