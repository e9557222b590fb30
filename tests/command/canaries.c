/* Preloaded into loam by the test "canaries": keeps a copy of every write to a file, even if the
 * file is deleted or replaced later.
 *
 *   CANARY_COPIES   directory: one file per path, "/" as "%", with every byte that was ever
 * written; "modes" has a line "MODE PATH" per write CANARY_STUCK    set: the state cannot be
 * replaced, so results are written to errored.tfstate */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void append(const char *name, const void *bytes, size_t size) {
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", getenv("CANARY_COPIES"), name);
    int copy = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (copy < 0 || syscall(SYS_write, copy, bytes, size) != (long)size)
        abort();
    close(copy);
}

static void keep(int file, const void *bytes, size_t size) {
    struct stat stat;
    char link[64], path[4096], line[4200];
    if (!getenv("CANARY_COPIES") || fstat(file, &stat) != 0 || !S_ISREG(stat.st_mode))
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        abort();
    path[length] = '\0';
    int written = snprintf(line, sizeof line, "%o %s\n", stat.st_mode & 0777, path);
    for (char *at = path; *at; at++)
        *at = *at == '/' ? '%' : *at;
    append("modes", line, (size_t)written);
    append(path, bytes, size);
}

ssize_t write(int file, const void *bytes, size_t size) {
    keep(file, bytes, size);
    return syscall(SYS_write, file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    keep(file, bytes, size);
    return syscall(SYS_pwrite64, file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
    keep(file, bytes, size);
    return syscall(SYS_pwrite64, file, bytes, size, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    for (int i = 0; i < count; i++)
        keep(file, parts[i].iov_base, parts[i].iov_len);
    return syscall(SYS_writev, file, parts, count);
}

int rename(const char *from, const char *to) {
    const char *name = strrchr(to, '/') ? strrchr(to, '/') + 1 : to;
    if (getenv("CANARY_STUCK") && strncmp(name, "terraform.tfstate", 17) == 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
