/* FolderFile: a file that the list of a folder names, and what it holds.
 *
 * Only files are read. A link that leads nowhere and what is no file at all (a pipe would make the
 * run wait, a device may never end) are errors: to pass over them would leave out of a
 * configuration what the user sees in its folder. */
#pragma once

#include "diag.h"
#include "disk.h"

typedef struct FolderFile {
    Str path;
    DiskKind kind;       /* as listed */
    const char *summary; /* of the error */
} FolderFile;

MUST_USE bool folder_file_read(
    const Disk *disk, const FolderFile *file, Str *out, Arena *arena, Diags *diags);
