/* Reads regular files of a directory listing and rejects others. */
#include "directory_file.h"

#include <string.h>

static bool report_other(const Disk *disk, const DirectoryFile *file, Diags *diags) {
    DiskStat stat;
    int status = disk->stat(disk->self, file->path, &stat);
    if (status < 0)
        return diags_fail(diags, NO_RANGE, file->summary,
                          "%.*s is a link to a missing file: %s. Correct the link, or remove it.",
                          STR_ARG(file->path), strerror(-status));
    return diags_fail(diags, NO_RANGE, file->summary,
                      "%.*s is a pipe, a socket or a device. Remove it, or replace it with a file.",
                      STR_ARG(file->path));
}

bool directory_file_read(const Disk *disk, const DirectoryFile *file, Str *out, Arena *arena,
                         Diags *diags) {
    if (file->kind == DISK_OTHER)
        return report_other(disk, file, diags);
    int status = disk->read_file(disk->self, file->path, out, arena);
    if (status >= 0)
        return true;
    return diags_fail(diags, NO_RANGE, file->summary, "%.*s: %s.", STR_ARG(file->path),
                      strerror(-status));
}
