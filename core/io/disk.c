/* Implements the real disk, and operations on the text of paths. */
#include "disk.h"

#include "crc32c.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TEMPORARY_TRIES 100
#define READ_MAX        ((size_t)1 << 30)
#define WRITER_WAIT_MS  10000
#define WRITER_POLL_MS  50

/* An open descriptor; 0 or less: none (descriptor 0 is standard input). */
typedef struct DiskFd {
    int number;
} DiskFd;

static void disk_fd_release(DiskFd *fd) {
    if (fd->number > 0)
        close(fd->number);
}
SCOPED_TYPE(DiskFd, disk_fd_release);

/* A NUL-terminated path; the kernel accepts no longer ones. */
typedef struct KernelPath {
    char text[PATH_MAX];
} KernelPath;

static int kernel_path(Str path, KernelPath *out) {
    if (path.len == 0)
        return -ENOENT;
    if (path.len >= PATH_MAX)
        return -ENAMETOOLONG;
    if (memchr(path.ptr, '\0', path.len))
        return -EINVAL;
    memcpy(out->text, path.ptr, path.len);
    out->text[path.len] = '\0';
    return 0;
}

/* Returns a descriptor, or negative errno. */
static int open_retry(const char *path, int flags, uint32_t mode) {
    for (;;) {
        int fd = open(path, flags | O_CLOEXEC, (mode_t)mode);
        if (fd >= 0 || errno != EINTR)
            return fd >= 0 ? fd : -errno;
    }
}

static int open_path(Str path, int flags, uint32_t mode) {
    KernelPath at;
    int error = kernel_path(path, &at);
    return error ? error : open_retry(at.text, flags, mode);
}

static int disk_write_all(int fd, Str bytes) {
    while (bytes.len) {
        ssize_t wrote = write(fd, bytes.ptr, bytes.len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? -errno : -EIO;
        bytes = str_after(bytes, (size_t)wrote);
    }
    return 0;
}

static int sync_fd(int fd) {
    while (fsync(fd) != 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

/* Returns true if reading a pipe that gave nothing should be repeated: no process has opened it for
 * writing yet. A blocking open would wait for ever; this wait has a limit. */
static bool awaits_writer(int fd, int *waited_ms) {
    struct pollfd pipe = {.fd = fd, .events = POLLIN};
    if (*waited_ms >= WRITER_WAIT_MS)
        return false;
    int ready = poll(&pipe, 1, WRITER_POLL_MS);
    *waited_ms += ready == 0 ? WRITER_POLL_MS : 0;
    return ready == 0 || !(pipe.revents & POLLHUP) || (pipe.revents & POLLIN);
}

static bool is_to_come(int fd, ssize_t got) {
    struct pollfd pipe = {.fd = fd, .events = POLLIN};
    if (got >= 0 || (errno != EINTR && errno != EAGAIN))
        return false;
    if (errno == EAGAIN)
        (void)poll(&pipe, 1, -1);
    return true;
}

/* Reads to the end; the reported size is only a hint (files in /proc report 0). */
static int read_to_end(int fd, bool is_pipe, size_t expected, Str *out, Arena *arena) {
    int waited_ms = 0;
    size_t capacity = expected + 1; /* one more byte detects the end without growing */
    char *bytes = arena_alloc(arena, capacity);
    size_t size = 0;
    for (;;) {
        if (size == capacity) {
            bytes = arena_grow(arena, bytes, capacity, capacity < 2048 ? 4096 : capacity * 2);
            capacity = capacity < 2048 ? 4096 : capacity * 2;
        }
        ssize_t got = read(fd, bytes + size, capacity - size);
        if (is_to_come(fd, got) ||
            (is_pipe && got == 0 && size == 0 && awaits_writer(fd, &waited_ms)))
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        size += (size_t)got;
        if (size >= READ_MAX)
            return -EFBIG; /* an endless device */
    }
    if (size == 0 && waited_ms >= WRITER_WAIT_MS)
        return -ETIMEDOUT; /* no writer opened the pipe */
    *out = (Str){bytes, size};
    return 0;
}

static int plain_read_file(void *, Str path, Str *out, Arena *arena) {
    SCOPED(DiskFd) file = {open_path(path, O_RDONLY | O_NONBLOCK, 0)};
    if (file.number < 0)
        return file.number;
    struct stat status;
    if (fstat(file.number, &status) != 0)
        return -errno;
    size_t expected = status.st_size > 0 ? (size_t)status.st_size : 0;
    if (expected >= READ_MAX)
        return -EFBIG;
    return read_to_end(file.number, S_ISFIFO(status.st_mode), expected, out, arena);
}

static int real_sync_directory(void *, Str path) {
    SCOPED(DiskFd) directory = {open_path(path, O_RDONLY | O_DIRECTORY, 0)};
    if (directory.number < 0)
        return directory.number;
    int error = sync_fd(directory.number);
    return error == -EINVAL ? 0 : error; /* this file system needs no sync of directories */
}

/* Returns true if the locked file still has this name. */
static bool is_file_of_name(int fd, const char *name) {
    struct stat of_file, of_name;
    return fstat(fd, &of_file) == 0 && lstat(name, &of_name) == 0 &&
           of_file.st_ino == of_name.st_ino && of_file.st_dev == of_name.st_dev;
}

/* Creates a file of that name, locked while it is open, and returns its descriptor. Returns -EAGAIN
 * if the caller should retry, -EEXIST if another process writes the file or it cannot be removed. A
 * file without a lock is left over from a killed process and is removed. */
static int claim_temporary(const char *name, uint32_t mode) {
    DiskFd file = {open_retry(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)};
    bool is_new = file.number >= 0;
    if (!is_new && file.number != -EEXIST)
        return file.number;
    if (!is_new)
        file.number = open_retry(name, O_WRONLY | O_NOFOLLOW, 0);
    if (file.number < 0)
        return file.number == -ENOENT ? -EAGAIN : -EEXIST;
    bool is_locked = flock(file.number, LOCK_EX | LOCK_NB) == 0;
    bool is_ours = is_locked && is_file_of_name(file.number, name);
    if (is_new && is_ours)
        return file.number;
    if (is_ours && unlink(name) != 0)
        is_locked = false;
    disk_fd_release(&file);
    return is_locked ? -EAGAIN : -EEXIST;
}

Str disk_temporary_of(Str path, Arena *arena) {
    Str leaf = str_format(arena, ".loam-%08x.tmp", crc32c(disk_name_of(path)));
    return disk_join(disk_directory_of(path), leaf, arena);
}

/* Creates a temporary file beside `path`. Its name depends on `path` only, so the next writer of
 * `path` finds and removes the file of a killed process. If another writer uses the name right now,
 * the file gets a different name. */
static int open_temporary(Str path, uint32_t mode, Str *name, Arena *arena) {
    for (int tries = 0; tries < TEMPORARY_TRIES; tries++) {
        *name = disk_temporary_of(path, arena);
        if (tries > TEMPORARY_TRIES / 2) {
            Str leaf = str_format(arena, ".loam-%d-%d.tmp", gettid(), tries);
            *name = disk_join(disk_directory_of(path), leaf, arena);
        }
        KernelPath at;
        int error = kernel_path(*name, &at);
        int fd = error ? error : claim_temporary(at.text, mode);
        if (fd != -EAGAIN && fd != -EEXIST)
            return fd;
        if (fd == -EEXIST && tries < TEMPORARY_TRIES / 2)
            tries = TEMPORARY_TRIES / 2;
    }
    return -EEXIST;
}

/* The file must stay open, and so locked, until the rename. */
static int fill_and_rename(int fd, Str temporary, Str path, Str bytes) {
    int error = disk_write_all(fd, bytes);
    if (!error)
        error = sync_fd(fd);
    if (error)
        return error;
    KernelPath from;
    KernelPath to;
    error = kernel_path(temporary, &from);
    if (!error)
        error = kernel_path(path, &to);
    if (error)
        return error;
    return rename(from.text, to.text) == 0 ? 0 : -errno;
}

static int plain_remove(void *, Str path) {
    KernelPath at;
    int error = kernel_path(path, &at);
    if (error)
        return error;
    if (unlink(at.text) == 0)
        return 0;
    if (errno != EISDIR)
        return -errno;
    return rmdir(at.text) == 0 ? 0 : -errno;
}

static int plain_write_file(void *self, Str path, Str bytes, uint32_t mode) {
    SCOPED(ArenaRef) scratch = arena_open("write_file");
    Str temporary;
    SCOPED(DiskFd) file = {open_temporary(path, mode, &temporary, scratch)};
    if (file.number < 0)
        return file.number;
    int error = fill_and_rename(file.number, temporary, path, bytes);
    if (error) {
        plain_remove(self, temporary);
        return error;
    }
    return real_sync_directory(self, disk_directory_of(path));
}

static DiskKind kind_of(mode_t mode) {
    return S_ISREG(mode) ? DISK_FILE : S_ISDIR(mode) ? DISK_DIRECTORY : DISK_OTHER;
}

static int64_t time_ns(struct statx_timestamp time) {
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* With AT_EMPTY_PATH and "": of the descriptor. */
static int disk_stat_at(int fd, const char *path, int flags, DiskStat *out) {
    struct statx status;
    if (statx(fd, path, flags, STATX_BASIC_STATS | STATX_BTIME, &status) != 0)
        return -errno;
    *out = (DiskStat){
        .kind = kind_of(status.stx_mode),
        .size = status.stx_size,
        .mode = status.stx_mode & 07777,
        .modified_ns = time_ns(status.stx_mtime),
        .changed_ns = time_ns(status.stx_ctime),
        .born_ns = status.stx_mask & STATX_BTIME ? time_ns(status.stx_btime) : 0,
        .device = makedev(status.stx_dev_major, status.stx_dev_minor),
        .inode = status.stx_ino,
    };
    return 0;
}

static int real_stat(void *, Str path, DiskStat *out) {
    KernelPath at;
    int error = kernel_path(path, &at);
    return error ? error : disk_stat_at(AT_FDCWD, at.text, 0, out);
}

typedef DIR *DirRef;
static void dir_ref_release(DirRef *dir) {
    if (*dir)
        closedir(*dir);
}
SCOPED_TYPE(DirRef, dir_ref_release);

static DiskKind entry_kind(DIR *dir, const struct dirent *entry) {
    struct stat status;
    if (entry->d_type == DT_REG)
        return DISK_FILE;
    if (entry->d_type == DT_DIR)
        return DISK_DIRECTORY;
    if (fstatat(dirfd(dir), entry->d_name, &status, 0) != 0)
        return DISK_OTHER;
    return kind_of(status.st_mode);
}

static int real_list(void *, Str path, DiskEntries *out, Arena *arena) {
    KernelPath at;
    int error = kernel_path(path, &at);
    if (error)
        return error;
    SCOPED(DirRef) dir = opendir(at.text);
    if (!dir)
        return -errno;
    DiskEntries entries = {0};
    const struct dirent *entry;
    while (errno = 0, (entry = readdir(dir))) {
        Str name = str_from_cstr(entry->d_name);
        if (str_equal(name, STR(".")) || str_equal(name, STR("..")))
            continue;
        DiskEntry found = {.name = str_clone(name, arena), .kind = entry_kind(dir, entry)};
        vec_push(arena, &entries, found);
    }
    if (errno)
        return -errno;
    disk_sort(&entries);
    *out = entries;
    return 0;
}

static int plain_make_directories(void *self, Str path, uint32_t mode) {
    KernelPath at;
    DiskStat found;
    int error = kernel_path(path, &at);
    if (error)
        return error;
    for (size_t i = 1; i <= path.len; i++) {
        if (at.text[i] != '/' && at.text[i] != '\0')
            continue;
        char end = at.text[i];
        at.text[i] = '\0';
        if (mkdir(at.text, (mode_t)mode) != 0 && errno != EEXIST)
            return -errno;
        at.text[i] = end;
    }
    error = real_stat(self, path, &found);
    return error || found.kind == DISK_DIRECTORY ? error : -ENOTDIR;
}

static int plain_rename(void *, Str from, Str to) {
    KernelPath old_path;
    KernelPath new_path;
    int error = kernel_path(from, &old_path);
    if (!error)
        error = kernel_path(to, &new_path);
    if (error)
        return error;
    return rename(old_path.text, new_path.text) == 0 ? 0 : -errno;
}

static int plain_chmod(void *, Str path, uint32_t mode) {
    KernelPath at;
    int error = kernel_path(path, &at);
    if (error)
        return error;
    return chmod(at.text, (mode_t)mode) == 0 ? 0 : -errno;
}

static int real_link(void *, Str target, Str path) {
    KernelPath text;
    KernelPath at;
    int error = kernel_path(target, &text);
    if (!error)
        error = kernel_path(path, &at);
    if (error)
        return error;
    return symlink(text.text, at.text) == 0 ? 0 : -errno;
}

static int real_read_link(void *, Str path, Str *out, Arena *arena) {
    KernelPath at;
    KernelPath target;
    int error = kernel_path(path, &at);
    if (error)
        return error;
    ssize_t length = readlink(at.text, target.text, sizeof target.text);
    if (length < 0)
        return -errno;
    *out = str_clone((Str){target.text, (size_t)length}, arena);
    return 0;
}

static int real_real_path(void *, Str path, Str *out, Arena *arena) {
    KernelPath at;
    KernelPath found;
    int error = kernel_path(path, &at);
    if (error)
        return error;
    if (!realpath(at.text, found.text))
        return -errno;
    *out = str_clone(str_from_cstr(found.text), arena);
    return 0;
}

/* Handles are descriptors plus one, because 0 means "no file". */
static int fd_of(DiskFile file) {
    CHECK(file.handle > 0);
    return (int)file.handle - 1;
}

static int open_flags(unsigned flags) {
    bool reads = flags & DISK_READ;
    bool writes = flags & (DISK_WRITE | DISK_APPEND | DISK_TRUNCATE);
    int result = writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (flags & DISK_CREATE)
        result |= O_CREAT | O_NOFOLLOW;
    if (flags & DISK_EXCLUSIVE)
        result |= O_EXCL;
    if (flags & DISK_APPEND)
        result |= O_APPEND;
    if (flags & DISK_TRUNCATE)
        result |= O_TRUNC;
    return result;
}

static int real_open(void *, Str path, unsigned flags, uint32_t mode, DiskFile *out) {
    int fd = open_path(path, open_flags(flags), mode);
    if (fd < 0)
        return fd;
    out->handle = fd + 1;
    return 0;
}

static int real_read(void *, DiskFile file, uint64_t offset, void *out, size_t size, size_t *got) {
    size_t total = 0;
    while (total < size) {
        off_t at = (off_t)(offset + total);
        ssize_t count = pread(fd_of(file), (char *)out + total, size - total, at);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -errno;
        if (count == 0)
            break;
        total += (size_t)count;
    }
    *got = total;
    return 0;
}

static int real_write(void *, DiskFile file, uint64_t offset, Str bytes) {
    while (bytes.len) {
        ssize_t wrote = pwrite(fd_of(file), bytes.ptr, bytes.len, (off_t)offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? -errno : -EIO;
        bytes = str_after(bytes, (size_t)wrote);
        offset += (uint64_t)wrote;
    }
    return 0;
}

static int real_append(void *, DiskFile file, Str bytes) {
    /* Needed for a file that was opened without DISK_APPEND. */
    if (lseek(fd_of(file), 0, SEEK_END) < 0)
        return -errno;
    return disk_write_all(fd_of(file), bytes);
}

static int real_truncate(void *, DiskFile file, uint64_t size) {
    while (ftruncate(fd_of(file), (off_t)size) != 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

/* Syncs content and length, but not times: a reader after a crash needs no more. */
static int real_sync(void *, DiskFile file) {
    while (fdatasync(fd_of(file)) != 0) {
        if (errno != EINTR)
            return -errno;
    }
    return 0;
}

static int real_size(void *, DiskFile file, uint64_t *out) {
    struct stat status;
    if (fstat(fd_of(file), &status) != 0)
        return -errno;
    *out = (uint64_t)status.st_size;
    return 0;
}

/* Returns 0 if the kernel does not report the process; an open-file lock has none. */
static pid_t lock_holder(int fd) {
    struct flock wanted = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_GETLK, &wanted) != 0 || wanted.l_type == F_UNLCK)
        return 0;
    return wanted.l_pid > 0 ? wanted.l_pid : 0;
}

static int real_lock(void *, DiskFile file, pid_t *holder_pid) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd_of(file), F_OFD_SETLK, &whole) == 0)
        return 0;
    if (errno != EAGAIN && errno != EACCES)
        return -errno;
    if (holder_pid)
        *holder_pid = lock_holder(fd_of(file));
    return -EAGAIN;
}

static int real_stat_file(void *, DiskFile file, DiskStat *out) {
    return disk_stat_at(fd_of(file), "", AT_EMPTY_PATH, out);
}

static int real_descriptor(void *, DiskFile file) {
    return fd_of(file);
}

static bool real_is_at(void *, DiskFile file, Str path) {
    KernelPath at;
    struct stat of_file, of_name;
    return kernel_path(path, &at) == 0 && fstat(fd_of(file), &of_file) == 0 &&
           stat(at.text, &of_name) == 0 && of_file.st_ino == of_name.st_ino &&
           of_file.st_dev == of_name.st_dev;
}

static void real_close(void *, DiskFile file) {
    if (file.handle)
        close(fd_of(file));
}

const char *disk_hint(int error, const char *otherwise) {
    if (error == -ENOSPC || error == -EDQUOT)
        return "Free some space, then run the same command again.";
    if (error == -EROFS)
        return "The file system is mounted read-only. Mount it for writing, or use another "
               "directory.";
    return otherwise;
}

const char *disk_data_hint(int error) {
    if (error == -ENOSPC || error == -EDQUOT)
        return disk_hint(error, NULL);
    return "Check the permissions of the directory, or set TF_DATA_DIR to a directory that you can "
           "write.";
}

/* Logs an operation that reads or changes a whole file, and returns its result `error`. */

static int logged(const char *operation, Str path, size_t bytes, uint32_t mode, int error) {
    char octal[16];
    if (!log_enabled(LOG_DEBUG))
        return error;
    snprintf(octal, sizeof octal, "%04o", (unsigned)mode);
    log_debug("disk", log_cstr("operation", operation), log_text("path", path),
              log_number("bytes", (int64_t)bytes), log_cstr("mode", mode ? octal : ""),
              log_cstr("error", error ? strerror(-error) : ""));
    return error;
}

static int real_read_file(void *self, Str path, Str *out, Arena *arena) {
    int error = plain_read_file(self, path, out, arena);
    return logged("read", path, error ? 0 : out->len, 0, error);
}

static int real_write_file(void *self, Str path, Str bytes, uint32_t mode) {
    return logged("write", path, bytes.len, mode, plain_write_file(self, path, bytes, mode));
}

static int real_make_directories(void *self, Str path, uint32_t mode) {
    return logged("make directories", path, 0, mode, plain_make_directories(self, path, mode));
}

static int real_remove(void *self, Str path) {
    return logged("remove", path, 0, 0, plain_remove(self, path));
}

static int real_rename(void *self, Str from, Str to) {
    return logged("rename", to, 0, 0, plain_rename(self, from, to));
}

static int real_chmod(void *self, Str path, uint32_t mode) {
    return logged("chmod", path, 0, mode, plain_chmod(self, path, mode));
}

const Disk disk_real = {
    .read_file = real_read_file,
    .write_file = real_write_file,
    .stat = real_stat,
    .list = real_list,
    .make_directories = real_make_directories,
    .remove = real_remove,
    .rename = real_rename,
    .chmod = real_chmod,
    .sync_directory = real_sync_directory,
    .link = real_link,
    .read_link = real_read_link,
    .real_path = real_real_path,
    .open = real_open,
    .read = real_read,
    .write = real_write,
    .append = real_append,
    .truncate = real_truncate,
    .sync = real_sync,
    .size = real_size,
    .lock = real_lock,
    .stat_file = real_stat_file,
    .descriptor = real_descriptor,
    .is_at = real_is_at,
    .close = real_close,
};

static int remove_content(const Disk *disk, Str path) {
    SCOPED(ArenaRef) scratch = arena_open("remove tree");
    DiskEntries entries = {0};
    int error = disk->list(disk->self, path, &entries, scratch);
    vec_each(&entries, entry) {
        if (!error)
            error = disk_remove_tree(disk, disk_join(path, entry->name, scratch));
    }
    return error;
}

int disk_remove_tree(const Disk *disk, Str path) {
    int error = disk->remove(disk->self, path);
    if (error == -ENOENT)
        return 0;
    if (error != -ENOTEMPTY && error != -EEXIST)
        return error;
    error = remove_content(disk, path);
    return error ? error : disk->remove(disk->self, path);
}

static int sync_file(const Disk *disk, Str path) {
    DiskFile file;
    int error = disk->open(disk->self, path, DISK_READ, 0, &file);
    if (error)
        return error;
    error = disk->sync(disk->self, file);
    disk->close(disk->self, file);
    return error;
}

static int sync_entry(const Disk *disk, Str path, DiskKind kind, Arena *scratch) {
    Str target;
    if (disk->read_link(disk->self, path, &target, scratch) == 0)
        return 0;
    switch (kind) {
    case DISK_FILE: return sync_file(disk, path);
    case DISK_DIRECTORY: return disk_sync_tree(disk, path);
    case DISK_OTHER: break;
    }
    return 0;
}

int disk_sync_tree(const Disk *disk, Str path) {
    SCOPED(ArenaRef) scratch = arena_open("sync tree");
    DiskEntries entries = {0};
    int error = disk->list(disk->self, path, &entries, scratch);
    vec_each(&entries, entry) {
        if (!error)
            error = sync_entry(disk, disk_join(path, entry->name, scratch), entry->kind, scratch);
    }
    return error ? error : disk->sync_directory(disk->self, path);
}

static int disk_compare_entries(const void *a, const void *b) {
    return str_compare(((const DiskEntry *)a)->name, ((const DiskEntry *)b)->name);
}

void disk_sort(DiskEntries *entries) {
    if (entries->count > 1)
        qsort(entries->items, entries->count, sizeof *entries->items, disk_compare_entries);
}

Str disk_join(Str directory, Str name, Arena *arena) {
    if (directory.len == 0 || str_starts_with(name, STR("/")))
        return name;
    if (name.len == 0)
        return directory;
    Str between = str_ends_with(directory, STR("/")) ? STR_EMPTY : STR("/");
    return str_join((Str[]){directory, between, name}, 3, STR_EMPTY, arena);
}

bool disk_is_explicit(Str path) {
    return str_starts_with(path, STR("/")) || str_starts_with(path, STR("./")) ||
           str_starts_with(path, STR("../"));
}

Str disk_without_end_slashes(Str path) {
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

Str disk_directory_of(Str path) {
    path = disk_without_end_slashes(path);
    size_t slash = str_rfind_char(path, '/');
    if (slash == SIZE_MAX)
        return STR(".");
    return disk_without_end_slashes(str_slice(path, 0, slash ? slash : 1));
}

Str disk_name_of(Str path) {
    path = disk_without_end_slashes(path);
    size_t slash = str_rfind_char(path, '/');
    return slash == SIZE_MAX || path.len == 1 ? path : str_after(path, slash + 1);
}

Str disk_clean(Str path, Arena *arena) {
    bool absolute = str_starts_with(path, STR("/"));
    StrVec parts = {0};
    Str rest = path;
    Str part;
    while (str_next_field(&rest, '/', &part)) {
        if (part.len == 0 || str_equal(part, STR(".")))
            continue;
        bool up = str_equal(part, STR(".."));
        if (up && parts.count && !str_equal(vec_last(&parts), STR(".."))) {
            (void)vec_pop(&parts);
        } else if (!up || !absolute) {
            vec_push(arena, &parts, part);
        }
    }
    Str joined = str_join(parts.items, parts.count, STR("/"), arena);
    if (absolute)
        return str_concat(STR("/"), joined, arena);
    return joined.len ? joined : STR(".");
}

static bool is_below(Str path, Str directory) {
    return str_equal(directory, STR("/")) ||
           (str_starts_with(path, directory) &&
            (path.len == directory.len || path.ptr[directory.len] == '/'));
}

Str disk_outside_link(const Disk *disk, Str path, Arena *arena) {
    Str here, target, place;
    if (str_starts_with(path, STR("/")) || disk->real_path(disk->self, STR("."), &here, arena) < 0)
        return STR_EMPTY;
    for (size_t end = str_find_char(path, '/', 0); end != SIZE_MAX;
         end = str_find_char(path, '/', end + 1)) {
        Str part = str_slice(path, 0, end);
        if (is_below(disk_clean(part, arena), STR("..")))
            return STR_EMPTY;
        if (disk->read_link(disk->self, part, &target, arena) == 0 &&
            (disk->real_path(disk->self, part, &place, arena) < 0 || !is_below(place, here)))
            return part;
    }
    return STR_EMPTY;
}
