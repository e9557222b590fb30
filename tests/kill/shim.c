/* Preloaded into loam by the tests of this directory: numbers every call that changes files or
 * objects, and ends the process with SIGKILL at one of them.
 *
 *   KILL_LOG       file that gets a line "NUMBER NAME DETAIL" before each call
 *   KILL_AT        number of the call before which the process is killed
 *   KILL_IN        number of the call during which the process is killed
 *   KILL_AFTER_US  time after the start of that call; default 2000
 *   KILL_WITH      number of another signal than SIGKILL; the call then follows
 *   KILL_UNDER     directory whose files count; files elsewhere, sockets and pipes do not
 *   KILL_PROGRAMS  started programs count too, with the name "start"
 *   KILL_ONLY      the only name that counts
 *   FAIL_AT        number of the call that fails; opens for reading and syncs are counted too
 *   FAIL_WITH      errno of that call
 *   FAIL_HALF      a failing write first writes half of its bytes
 *   FAIL_ON        from then on, all calls of its kind fail if their path ends so
 *   FAIL_COUNT     no call fails, but calls are numbered as with FAIL_AT
 *   KILL_LATER     seconds by which the clock is ahead
 *
 * A death after a call is the same as one before the next call: no visible effect is between them.
 * A sync does not count here, because SIGKILL loses nothing of the kernel's page cache. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 4096

static atomic_long count;
/* Descriptors of files below KILL_UNDER, opened for writing. */
static atomic_bool is_ours[MOST_FILES];

static long setting(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : otherwise;
}

/* Child processes of loam are not killed. */
__attribute__((constructor)) static void spare_children(void) {
    unsetenv("LD_PRELOAD");
}

/* libvirt, libcurl and libssh are used by modules that are loaded later, so dlsym(RTLD_NEXT) does
 * not find them. */
static void *find(const char *name) {
    static const char *const later[] = {"libvirt.so.0", "libcurl.so.4", "libcurl-gnutls.so.4",
                                        "libssh.so.4"};
    void *found = dlsym(RTLD_NEXT, name);
    for (size_t i = 0; !found && i < sizeof later / sizeof *later; i++) {
        void *library = dlopen(later[i], RTLD_LAZY | RTLD_NOLOAD);
        found = library ? dlsym(library, name) : NULL;
    }
    if (!found)
        abort();
    return found;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
    int status = (int)syscall(SYS_clock_gettime, clock, out);
    if (status == 0 && clock == CLOCK_REALTIME)
        out->tv_sec += setting("KILL_LATER", 0);
    return status;
}

static void die(void) {
    long with = setting("KILL_WITH", SIGKILL);
    syscall(SYS_kill, getpid(), with);
    if (with == SIGKILL)
        for (;;)
            pause();
}

static void *die_soon(void *unused) {
    usleep((useconds_t)setting("KILL_AFTER_US", 2000));
    die();
    return unused;
}

static void note(long number, const char *name, const char *detail) {
    const char *path = getenv("KILL_LOG");
    char line[4096 + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, name, detail);
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path,
                                 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
                  : -1;
    if (fd < 0)
        return;
    syscall(SYS_write, fd, line, (size_t)length);
    syscall(SYS_close, fd);
}

static long point(const char *name, const char *detail) {
    const char *only = getenv("KILL_ONLY");
    if (only && strcmp(name, only) != 0)
        return -1;
    long number = atomic_fetch_add(&count, 1) + 1;
    note(number, name, detail);
    if (setting("KILL_AT", 0) == number)
        die();
    pthread_t thread;
    if (setting("KILL_IN", 0) == number)
        (void)pthread_create(&thread, NULL, die_soon, NULL);
    return number;
}

/* Errors of a full disk are only returned by calls that need space. */
static _Atomic(const char *) failing_name;
static atomic_int half_written = -1;

static bool counts_all(void) {
    return getenv("FAIL_AT") || getenv("FAIL_COUNT");
}

static bool ends_with(const char *path, const char *ending) {
    size_t length = strlen(path), tail = strlen(ending);
    return length >= tail && !strcmp(path + length - tail, ending);
}

static bool is_like(const char *name, const char *failed) {
    static const char *const kinds = " create write mkdir symlink ";
    return failed && (!strcmp(name, failed) || (strstr(kinds, name) && strstr(kinds, failed)));
}

/* Returns whether the call must fail; errno is then set. */
static bool fails(const char *name, const char *detail) {
    long number = point(name, detail);
    if (number == setting("FAIL_AT", 0))
        failing_name = name;
    else if (!getenv("FAIL_ON") || !is_like(name, failing_name) ||
             !ends_with(detail, getenv("FAIL_ON")))
        return false;
    errno = (int)setting("FAIL_WITH", EIO);
    return true;
}

static bool counts(const char *path) {
    const char *under = getenv("KILL_UNDER");
    char here[4096];
    size_t length = under ? strlen(under) : 0;
    if (!under)
        return false;
    if (path[0] == '/')
        return strncmp(path, under, length) == 0;
    return getcwd(here, sizeof here) && strncmp(here, under, length) == 0;
}

static const char *name_of_open(const char *path, int flags) {
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    if (writes && (flags & O_CREAT) && access(path, F_OK) != 0)
        return "create";
    if (writes && (flags & O_TRUNC))
        return "truncate";
    return counts_all() ? "open" : NULL;
}

static int open_file(const char *path, int flags, mode_t mode) {
    bool is_below = counts(path);
    const char *name = is_below ? name_of_open(path, flags) : NULL;
    if (name && fails(name, path))
        return -1;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0 && fd < MOST_FILES)
        is_ours[fd] = is_below && ((flags & O_ACCMODE) != O_RDONLY || counts_all());
    return fd;
}

/* clang-format off */
#define OPEN(name)                                                                                                    \
    int name(const char *path, int flags, ...) {                                                                      \
        va_list arguments;                                                                                            \
        va_start(arguments, flags);                                                                                   \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;                                  \
        va_end(arguments);                                                                                            \
        return open_file(path, flags, mode);                                                                          \
    }
OPEN(open)
OPEN(open64)
/* clang-format on */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __open_2(const char *path, int flags) {
    return open_file(path, flags, 0);
}
int __open64_2(const char *path, int flags) {
    return open_file(path, flags, 0);
}

int close(int fd) {
    if (fd >= 0 && fd < MOST_FILES)
        is_ours[fd] = false;
    return (int)syscall(SYS_close, fd);
}

static bool file_fails(const char *name, int fd) {
    char link[64], path[4096] = "";
    if (fd < 0 || fd >= MOST_FILES || !is_ours[fd])
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return fails(name, path);
}

static bool sync_fails(int fd) {
    return counts_all() && file_fails("sync", fd);
}

/* Half of it, and nothing at the next attempt, like a full disk. */
static ssize_t write_file(int fd, const void *bytes, size_t size, off64_t offset) {
    bool is_rest = half_written == fd;
    half_written = -1;
    if (is_rest) {
        errno = (int)setting("FAIL_WITH", EIO);
        return -1;
    }
    if (file_fails("write", fd)) {
        if (!getenv("FAIL_HALF") || size < 2)
            return -1;
        half_written = fd;
        size /= 2;
    }
    return offset < 0 ? syscall(SYS_write, fd, bytes, size)
                      : syscall(SYS_pwrite64, fd, bytes, size, offset);
}

static void note_start(char *const argv[]) {
    char line[1024] = "";
    size_t length = 0;
    if (!getenv("KILL_PROGRAMS"))
        return;
    for (size_t i = 0; argv[i] && length + 2 < sizeof line; i++) {
        int added = snprintf(line + length, sizeof line - length, i ? " %s" : "%s", argv[i]);
        length += added < 0 ? 0 : (size_t)added;
    }
    for (char *end = strchr(line, '\n'); end; end = strchr(end, '\n'))
        *end = ' ';
    point("start", line);
}

/* clang-format off */
#define CALL(type, name, parameters, arguments, detail)                                                               \
    type name parameters {                                                                                            \
        static type(*real) parameters;                                                                                \
        if (!real)                                                                                                    \
            real = (type(*) parameters)find(#name);                                                                   \
        detail;                                                                                                       \
        return real arguments;                                                                                        \
    }

#define FILE_CALL(name, parameters, arguments, fails)                                                                 \
    int name parameters {                                                                                             \
        static int(*real) parameters;                                                                                 \
        if (!real)                                                                                                    \
            real = (int(*) parameters)find(#name);                                                                    \
        return (fails) ? -1 : real arguments;                                                                         \
    }

ssize_t write(int fd, const void *b, size_t n) { return write_file(fd, b, n, -1); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return write_file(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { return write_file(fd, b, n, o); }
FILE_CALL(ftruncate, (int fd, off_t n), (fd, n), file_fails("truncate", fd))
FILE_CALL(ftruncate64, (int fd, off64_t n), (fd, n), file_fails("truncate", fd))
FILE_CALL(fsync, (int fd), (fd), sync_fails(fd))
FILE_CALL(fdatasync, (int fd), (fd), sync_fails(fd))
FILE_CALL(rename, (const char *from, const char *to), (from, to), counts(to) && fails("rename", to))
FILE_CALL(link, (const char *from, const char *to), (from, to), counts(to) && fails("link", to))
FILE_CALL(symlink, (const char *from, const char *to), (from, to), counts(to) && fails("symlink", to))
FILE_CALL(unlink, (const char *path), (path), counts(path) && access(path, F_OK) == 0 && fails("unlink", path))
FILE_CALL(rmdir, (const char *path), (path), counts(path) && access(path, F_OK) == 0 && fails("rmdir", path))
FILE_CALL(mkdir, (const char *path, mode_t mode), (path, mode), counts(path) && access(path, F_OK) != 0 && fails("mkdir", path))
FILE_CALL(chmod, (const char *path, mode_t mode), (path, mode), counts(path) && fails("chmod", path))

CALL(int, posix_spawnp, (pid_t *p, const char *x, const posix_spawn_file_actions_t *f, const posix_spawnattr_t *t, char *const v[], char *const e[]),
     (p, x, f, t, v, e), note_start(v))

#define VIR(type, name, parameters, arguments) CALL(type, name, parameters, arguments, point(#name, ""))

VIR(virDomainPtr, virDomainDefineXMLFlags, (virConnectPtr c, const char *x, unsigned int f), (c, x, f))
VIR(int, virDomainCreateWithFlags, (virDomainPtr d, unsigned int f), (d, f))
VIR(int, virDomainShutdownFlags, (virDomainPtr d, unsigned int f), (d, f))
VIR(int, virDomainDestroyFlags, (virDomainPtr d, unsigned int f), (d, f))
VIR(int, virDomainUndefineFlags, (virDomainPtr d, unsigned int f), (d, f))
VIR(int, virDomainSetAutostart, (virDomainPtr d, int a), (d, a))
VIR(int, virDomainSetMemoryFlags, (virDomainPtr d, unsigned long m, unsigned int f), (d, m, f))
VIR(int, virDomainSetVcpusFlags, (virDomainPtr d, unsigned int n, unsigned int f), (d, n, f))
VIR(int, virDomainSetMetadata, (virDomainPtr d, int t, const char *m, const char *k, const char *u, unsigned int f), (d, t, m, k, u, f))
VIR(int, virDomainAttachDeviceFlags, (virDomainPtr d, const char *x, unsigned int f), (d, x, f))
VIR(int, virDomainUpdateDeviceFlags, (virDomainPtr d, const char *x, unsigned int f), (d, x, f))
VIR(int, virDomainDetachDeviceFlags, (virDomainPtr d, const char *x, unsigned int f), (d, x, f))
VIR(int, virDomainBlockResize, (virDomainPtr d, const char *p, unsigned long long s, unsigned int f), (d, p, s, f))
VIR(virNetworkPtr, virNetworkDefineXML, (virConnectPtr c, const char *x), (c, x))
VIR(int, virNetworkCreate, (virNetworkPtr n), (n))
VIR(virNetworkPtr, virNetworkCreateXML, (virConnectPtr c, const char *x), (c, x))
VIR(int, virNetworkUpdate, (virNetworkPtr n, unsigned int c, unsigned int s, int i, const char *x, unsigned int f), (n, c, s, i, x, f))
VIR(int, virNetworkSetAutostart, (virNetworkPtr n, int a), (n, a))
VIR(int, virNetworkDestroy, (virNetworkPtr n), (n))
VIR(int, virNetworkUndefine, (virNetworkPtr n), (n))
VIR(virStoragePoolPtr, virStoragePoolDefineXML, (virConnectPtr c, const char *x, unsigned int f), (c, x, f))
VIR(int, virStoragePoolBuild, (virStoragePoolPtr p, unsigned int f), (p, f))
VIR(int, virStoragePoolCreate, (virStoragePoolPtr p, unsigned int f), (p, f))
VIR(int, virStoragePoolSetAutostart, (virStoragePoolPtr p, int a), (p, a))
VIR(int, virStoragePoolDestroy, (virStoragePoolPtr p), (p))
VIR(int, virStoragePoolDelete, (virStoragePoolPtr p, unsigned int f), (p, f))
VIR(int, virStoragePoolUndefine, (virStoragePoolPtr p), (p))
VIR(virStorageVolPtr, virStorageVolCreateXML, (virStoragePoolPtr p, const char *x, unsigned int f), (p, x, f))
VIR(virStorageVolPtr, virStorageVolCreateXMLFrom, (virStoragePoolPtr p, const char *x, virStorageVolPtr v, unsigned int f), (p, x, v, f))
VIR(int, virStorageVolUpload, (virStorageVolPtr v, virStreamPtr s, unsigned long long o, unsigned long long n, unsigned int f), (v, s, o, n, f))
VIR(int, virStorageVolResize, (virStorageVolPtr v, unsigned long long c, unsigned int f), (v, c, f))
VIR(int, virStorageVolDelete, (virStorageVolPtr v, unsigned int f), (v, f))
VIR(int, virStreamSend, (virStreamPtr s, const char *b, size_t n), (s, b, n))
VIR(int, virStreamSendHole, (virStreamPtr s, long long n, unsigned int f), (s, n, f))
VIR(virNWFilterPtr, virNWFilterDefineXML, (virConnectPtr c, const char *x), (c, x))
VIR(virNWFilterPtr, virNWFilterDefineXMLFlags, (virConnectPtr c, const char *x, unsigned int f), (c, x, f))
VIR(int, virNWFilterUndefine, (virNWFilterPtr n), (n))

/* Ends uploads and downloads; the latter change nothing, but another point does no harm. */
VIR(int, virStreamFinish, (virStreamPtr s), (s))

/* The beginning and the end of an HTTP request. */
CALL(int, curl_multi_add_handle, (void *m, void *h), (m, h), point("request", ""))
CALL(int, curl_multi_remove_handle, (void *m, void *h), (m, h), point("response", ""))

#define SSH(type, name, parameters, arguments) CALL(type, name, parameters, arguments, point(#name, ""))

/* Called again until the reply arrives, and closing sends the end again: the first call counts. */
static _Thread_local bool is_asked, is_ended;
CALL(ssh_channel, ssh_channel_new, (ssh_session s), (s), is_asked = is_ended = false)
CALL(int, ssh_channel_request_exec, (ssh_channel c, const char *x), (c, x),
     if (!is_asked) point("ssh_channel_request_exec", ""); is_asked = true)
CALL(int, ssh_channel_send_eof, (ssh_channel c), (c), if (!is_ended) point("ssh_channel_send_eof", ""); is_ended = true)
SSH(int, ssh_channel_write, (ssh_channel c, const void *b, uint32_t n), (c, b, n))
/* clang-format on */
