/* Disk: file operations behind function pointers, so that tests can replace them or inject faults.
 *
 * Paths are passed to the kernel unchanged. Failures are negative errno. Descriptors are O_CLOEXEC.
 * `Arena` arguments receive the results. */
#pragma once

#include "str.h"
#include "vec.h"

#include <sys/types.h>

typedef enum DiskKind { DISK_FILE, DISK_DIRECTORY, DISK_OTHER } DiskKind;

typedef struct DiskStat {
    DiskKind kind;
    uint64_t size;
    uint32_t mode;
    int64_t modified_ns;
    int64_t changed_ns; /* of content, attributes or name; only the kernel sets it */
    int64_t born_ns;    /* 0 if the file system does not keep it; only the kernel sets it */
    uint64_t device;
    uint64_t inode;
} DiskStat;

typedef struct DiskEntry {
    Str name;
    DiskKind kind; /* of the target, if the entry is a link */
} DiskEntry;

typedef VEC(DiskEntry) DiskEntries;

/* An open file; handle 0 is no file. Only the Disk that opened it may use it. */
typedef struct DiskFile {
    intptr_t handle;
} DiskFile;

typedef enum DiskOpen {
    DISK_READ = 1,
    DISK_WRITE = 2,
    DISK_CREATE = 4,    /* with the given mode; -ELOOP if the path is a symbolic link */
    DISK_EXCLUSIVE = 8, /* fail if the file exists */
    DISK_APPEND = 16,
    DISK_TRUNCATE = 32,
} DiskOpen;

typedef struct Disk {
    void *self;
    /* Reads a whole file. Returns -EFBIG from 1 GiB on, -ETIMEDOUT for a pipe without a writer. */
    int (*read_file)(void *self, Str path, Str *out, Arena *arena);
    /* Replaces the file (or symbolic link) atomically: temporary file, sync, rename, sync of the
     * directory. On failure the old file is unchanged, unless only the last sync failed. */
    int (*write_file)(void *self, Str path, Str bytes, uint32_t mode);
    int (*stat)(void *self, Str path, DiskStat *out);
    /* Sorted by name, without "." and "..". */
    int (*list)(void *self, Str path, DiskEntries *out, Arena *arena);
    int (*make_directories)(void *self, Str path,
                            uint32_t mode); /* with parents; fine if it exists */
    int (*remove)(void *self, Str path);    /* a file or an empty directory */
    int (*rename)(void *self, Str from, Str to);
    int (*chmod)(void *self, Str path, uint32_t mode);
    int (*sync_directory)(void *self, Str path);
    int (*link)(void *self, Str target, Str path);                  /* creates a symbolic link */
    int (*read_link)(void *self, Str path, Str *out, Arena *arena); /* -EINVAL: not a link */
    /* Returns the absolute path without symbolic links. */
    int (*real_path)(void *self, Str path, Str *out, Arena *arena);

    int (*open)(void *self, Str path, unsigned flags, uint32_t mode, DiskFile *out);
    int (*read)(void *self, DiskFile file, uint64_t offset, void *out, size_t size, size_t *got);
    int (*write)(void *self, DiskFile file, uint64_t offset, Str bytes); /* writes all bytes */
    int (*append)(void *self, DiskFile file, Str bytes);                 /* writes all bytes */
    int (*truncate)(void *self, DiskFile file, uint64_t size);
    int (*sync)(void *self, DiskFile file);
    int (*size)(void *self, DiskFile file, uint64_t *out);
    /* Acquires a write lock on the whole file (F_OFD_SETLK); it also excludes fcntl locks of other
     * programs. Returns -EAGAIN if the lock is held, and sets `*holder_pid` if the kernel reports
     * the process (else 0). `close` releases it. */
    int (*lock)(void *self, DiskFile file, pid_t *holder_pid);
    int (*stat_file)(void *self, DiskFile file, DiskStat *out);
    /* Returns the descriptor, for a program that is started from the open file; `close` ends it. */
    int (*descriptor)(void *self, DiskFile file);
    /* Returns true if the path still leads to the open file. */
    bool (*is_at)(void *self, DiskFile file, Str path);
    void (*close)(void *self, DiskFile file);
} Disk;

extern const Disk disk_real;

/* Returns a sentence that says what to do about a write error, or `otherwise` if the error suggests
 * nothing. */
const char *disk_hint(int error, const char *otherwise);
/* The same for the data directory, which a variable can move. */
const char *disk_data_hint(int error);

/* Helpers that work with any Disk. */
static inline bool disk_exists(const Disk *disk, Str path) {
    DiskStat stat;
    return disk->stat(disk->self, path, &stat) == 0;
}
/* Removes the path and all below it, without following links. Succeeds if it does not exist. */
int disk_remove_tree(const Disk *disk, Str path);
/* Syncs the directory and all below it to the disk, without following links. */
MUST_USE int disk_sync_tree(const Disk *disk, Str path);
/* Sorts by name, in the order of `list`. */
void disk_sort(DiskEntries *entries);
/* Joins "a" and "b" to "a/b"; returns `name` itself if it is absolute or the directory is empty. */
Str disk_join(Str directory, Str name, Arena *arena);
/* "a//" → "a"; the root keeps one slash. */
Str disk_without_end_slashes(Str path);
Str disk_directory_of(Str path);
Str disk_name_of(Str path);
/* Returns the temporary file that write_file uses unless another process is writing `path` too. A
 * killed process may leave it behind. */
Str disk_temporary_of(Str path, Arena *arena);
/* Returns true for "/x", "./x" and "../x": text that can be nothing else than a path. */
bool disk_is_explicit(Str path);
/* Normalizes the text only: "a/./b/../c" → "a/c". */
Str disk_clean(Str path, Arena *arena);
/* Returns the first directory of a relative path that is a symbolic link out of the working
 * directory; STR_EMPTY if none, for an absolute path, and after a "../" that leaves the working
 * directory: there the user chose a place outside. */
Str disk_outside_link(const Disk *disk, Str path, Arena *arena);
