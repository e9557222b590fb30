/* DirectoryFile: reads a file that a directory listing names.
 *
 * Only regular files are read. Broken links, pipes, sockets and devices are errors: skipping
 * them would silently drop part of the configuration, and reading a pipe or device may block. */
#pragma once

#include "diag.h"
#include "disk.h"

typedef struct DirectoryFile {
    Str path;
    DiskKind kind;       /* kind in the directory listing */
    const char *summary; /* summary of the diagnostic if reading fails */
} DirectoryFile;

/* Reads the whole file; adds one error on failure. */
MUST_USE bool directory_file_read(const Disk *disk, const DirectoryFile *file, Str *out,
                                  Arena *arena, Diags *diags);
