/* Disk: files, as operations that a test can fake and a fault test can break.
 *
 * All paths are as the kernel takes them. Failures are negative errno. Descriptors are O_CLOEXEC.
 * `Arena` arguments receive what is read. */
#pragma once

#include "str.h"
#include "vec.h"

#include <sys/types.h>

typedef enum DiskKind { DISK_FILE, DISK_FOLDER, DISK_OTHER } DiskKind;

typedef struct DiskStat {
    DiskKind kind;
    uint64_t size;
    uint32_t mode;
    int64_t modified_ns;
} DiskStat;

typedef struct DiskEntry {
    Str name;
    DiskKind kind; /* links are followed */
} DiskEntry;

typedef VEC(DiskEntry) DiskEntries;

/* An open file; 0 is no file. Handles come from the same Disk. */
typedef struct DiskFile {
    intptr_t handle;
} DiskFile;

typedef enum DiskOpen {
    DISK_READ = 1,
    DISK_WRITE = 2,
    DISK_CREATE = 4,    /* mode as given */
    DISK_EXCLUSIVE = 8, /* fail when it is there */
    DISK_APPEND = 16,
    DISK_TRUNCATE = 32,
} DiskOpen;

typedef struct Disk {
    void *self;
    /* Whole file; -EFBIG from 1 GiB on; -ETIMEDOUT for a pipe that nobody comes to write. */
    int (*read_file)(void *self, Str path, Str *out, Arena *arena);
    /* Old content or new, never a mixture: temporary name, sync, rename, sync of the folder. */
    int (*write_file)(void *self, Str path, Str bytes, uint32_t mode);
    int (*stat)(void *self, Str path, DiskStat *out);
    /* Sorted by name, without "." and "..". */
    int (*list)(void *self, Str path, DiskEntries *out, Arena *arena);
    int (*make_folders)(void *self, Str path, uint32_t mode); /* with parents; fine if there */
    int (*remove)(void *self, Str path);                      /* a file or an empty folder */
    int (*rename)(void *self, Str from, Str to);
    int (*chmod)(void *self, Str path, uint32_t mode);
    int (*sync_folder)(void *self, Str path);
    int (*link)(void *self, Str target, Str path); /* a symbolic link of that text */
    int (*read_link)(void *self, Str path, Str *out, Arena *arena); /* -EINVAL: no link */
    /* Absolute, with every link on the way followed. */
    int (*real_path)(void *self, Str path, Str *out, Arena *arena);

    int (*open)(void *self, Str path, unsigned flags, uint32_t mode, DiskFile *out);
    int (*read)(void *self, DiskFile file, uint64_t offset, void *out, size_t size, size_t *got);
    int (*write)(void *self, DiskFile file, uint64_t offset, Str bytes); /* all of it */
    int (*append)(void *self, DiskFile file, Str bytes);                 /* all of it */
    int (*truncate)(void *self, DiskFile file, uint64_t size);
    int (*sync)(void *self, DiskFile file);
    int (*size)(void *self, DiskFile file, uint64_t *out);
    /* Whole-file write lock that excludes fcntl locks of other programs too (F_OFD_SETLK):
     * -EAGAIN when somebody holds it, and then *holder_pid if the kernel tells (else 0). */
    int (*lock)(void *self, DiskFile file, pid_t *holder_pid);
    /* The open file is the one that this path leads to. */
    bool (*is_at)(void *self, DiskFile file, Str path);
    void (*close)(void *self, DiskFile file);
} Disk;

extern const Disk disk_real;

/* What a person can do about an error of writing, as a sentence: `otherwise`, where the error
 * itself does not say. */
const char *disk_way_out(int error, const char *otherwise);

/* Shorthands that any Disk serves. */
static inline bool disk_exists(const Disk *disk, Str path) {
    DiskStat stat;
    return disk->stat(disk->self, path, &stat) == 0;
}
/* The path and all below it; links go, what they lead to stays. Fine when it is not there. */
int disk_remove_tree(const Disk *disk, Str path);
/* The folder and all below it are on the disk when it returns; what links lead to is left out. */
MUST_USE int disk_sync_tree(const Disk *disk, Str path);
/* By name, as `list` gives them. */
void disk_sort(DiskEntries *entries);
/* "a/b" from "a" and "b"; an absolute second part stands alone. */
Str disk_join(Str folder, Str name, Arena *arena);
/* "a//" → "a"; of the root one slash stays. */
Str disk_without_end_slashes(Str path);
Str disk_folder_of(Str path);
Str disk_name_of(Str path);
/* What write_file writes to before it renames; a killed process may leave it. */
Str disk_temporary_of(Str path, Arena *arena);
/* Lexical: "a/./b/../c" → "a/c". */
Str disk_clean(Str path, Arena *arena);
