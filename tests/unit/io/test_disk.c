/* The real disk in a temporary directory; paths as text. */
#include "unit.h"

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Directory {
    Arena *arena;
    Str path;
} Directory;

static Str in(const Directory *directory, const char *name) {
    return disk_join(directory->path, str_from_cstr(name), directory->arena);
}

static int make_directory(void **state) {
    Arena *arena = arena_open("test");
    Directory *directory = arena_new(arena, Directory);
    char *path = (char *)str_to_cstr(STR("/tmp/loam-test-disk-XXXXXX"), arena);
    if (!mkdtemp(path))
        return -1;
    *directory = (Directory){arena, str_from_cstr(path)};
    *state = directory;
    return 0;
}

static int remove_directory(void **state) {
    Directory *directory = *state;
    assert_int_equal(disk_remove_tree(&disk_real, directory->path), 0);
    arena_close(directory->arena);
    return 0;
}

static void whole_files(void **state) {
    Directory *directory = *state;
    Str path = in(directory, "file");
    Str bytes;
    DiskStat stat;
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, directory->arena), -ENOENT);
    assert_false(disk_exists(&disk_real, path));
    assert_int_equal(disk_real.write_file(NULL, path, STR("one"), 0600), 0);
    assert_int_equal(disk_real.write_file(NULL, path, STR("t\0o"), 0600), 0);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, directory->arena), 0);
    check_str_equal(bytes, STR("t\0o"));
    assert_int_equal(disk_real.stat(NULL, path, &stat), 0);
    assert_int_equal(stat.kind, DISK_FILE);
    assert_int_equal(stat.size, 3);
    assert_int_equal(stat.mode, 0600);
    assert_true(stat.modified_ns > INT64_C(1700000000000000000));
    assert_int_equal(disk_real.chmod(NULL, path, 0640), 0);
    assert_int_equal(disk_real.stat(NULL, path, &stat), 0);
    assert_int_equal(stat.mode, 0640);
    assert_int_equal(disk_real.write_file(NULL, path, STR_EMPTY, 0600), 0);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, directory->arena), 0);
    assert_int_equal(bytes.len, 0);
}

/* Files whose size reads as 0. */
static void kernel_files(void **state) {
    Directory *directory = *state;
    Str bytes;
    assert_int_equal(disk_real.read_file(NULL, STR("/proc/self/maps"), &bytes, directory->arena),
                     0);
    assert_true(bytes.len > 1000);
}

/* Reading a file that never ends uses bounded memory. */
static void endless_files(void **state) {
    Directory *directory = *state;
    Str bytes;
    Str path = in(directory, "sparse");
    assert_int_equal(disk_real.write_file(NULL, path, STR("x"), 0600), 0);
    assert_int_equal(truncate(str_to_cstr(path, directory->arena), INT64_C(1) << 30), 0);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, directory->arena), -EFBIG);
}

static void failed_write_leaves_nothing(void **state) {
    Directory *directory = *state;
    DiskEntries entries;
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "taken/inside"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, in(directory, "taken"), STR("x"), 0600), -EISDIR);
    assert_int_equal(disk_real.write_file(NULL, in(directory, "no/such"), STR("x"), 0600), -ENOENT);
    assert_int_equal(disk_real.list(NULL, directory->path, &entries, directory->arena), 0);
    assert_int_equal(entries.count, 1);
}

/* A temporary file of a killed process is removed; one that another process is writing stays. */
static void leftover_of_a_killed_writer(void **state) {
    Directory *directory = *state;
    DiskEntries entries;
    Str path = in(directory, "file"), bytes;
    Str temporary = disk_temporary_of(path, directory->arena);
    DiskFile file;
    unsigned flags = DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE;
    assert_int_equal(disk_real.open(NULL, temporary, flags, 0600, &file), 0);
    assert_int_equal(disk_real.write(NULL, file, 0, STR("half")), 0);
    assert_int_equal(flock((int)file.handle - 1, LOCK_EX), 0);
    assert_int_equal(disk_real.write_file(NULL, path, STR("other"), 0600), 0);
    assert_true(disk_exists(&disk_real, temporary));
    disk_real.close(NULL, file);
    assert_int_equal(disk_real.write_file(NULL, path, STR("whole"), 0600), 0);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, directory->arena), 0);
    check_str_equal(bytes, STR("whole"));
    assert_int_equal(disk_real.list(NULL, directory->path, &entries, directory->arena), 0);
    assert_int_equal(entries.count, 1);
}

static void refused_paths(void **state) {
    Directory *directory = *state;
    Str bytes;
    char *text = arena_alloc(directory->arena, 5000);
    memset(text, 'x', 5000);
    assert_int_equal(disk_real.read_file(NULL, (Str){text, 5000}, &bytes, directory->arena),
                     -ENAMETOOLONG);
    assert_int_equal(disk_real.read_file(NULL, STR("a\0b"), &bytes, directory->arena), -EINVAL);
    assert_int_equal(disk_real.read_file(NULL, STR_EMPTY, &bytes, directory->arena), -ENOENT);
    assert_int_equal(disk_real.read_file(NULL, directory->path, &bytes, directory->arena), -EISDIR);
}

static void longest_name(void **state) {
    Directory *directory = *state;
    char *name = arena_alloc(directory->arena, 256);
    memset(name, 'n', 255);
    assert_int_equal(disk_real.write_file(NULL, in(directory, name), STR("x"), 0600), 0);
    assert_true(disk_exists(&disk_real, in(directory, name)));
}

static void directories(void **state) {
    Directory *directory = *state;
    DiskEntries entries;
    Str deep = in(directory, "a/b/c");
    assert_int_equal(disk_real.make_directories(NULL, deep, 0700), 0);
    assert_int_equal(disk_real.make_directories(NULL, deep, 0700), 0);
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "a/b/c/"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, in(directory, "a/file"), STR("x"), 0600), 0);
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "a/file"), 0700), -ENOTDIR);
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "a/file/x"), 0700), -ENOTDIR);
    assert_int_equal(symlink("b", str_to_cstr(in(directory, "a/link"), directory->arena)), 0);
    assert_int_equal(symlink("gone", str_to_cstr(in(directory, "a/broken"), directory->arena)), 0);
    assert_int_equal(disk_real.list(NULL, in(directory, "a"), &entries, directory->arena), 0);
    static const struct {
        const char *name;
        DiskKind kind;
    } wanted[] = {
        {"b", DISK_DIRECTORY},
        {"broken", DISK_OTHER},
        {"file", DISK_FILE},
        {"link", DISK_DIRECTORY},
    };
    assert_int_equal(entries.count, ARRAY_COUNT(wanted));
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        check_str(entries.items[i].name, wanted[i].name);
        assert_int_equal(entries.items[i].kind, wanted[i].kind);
    }
    assert_int_equal(disk_real.remove(NULL, in(directory, "a")), -ENOTEMPTY);
    assert_int_equal(disk_real.remove(NULL, deep), 0);
    assert_int_equal(disk_real.remove(NULL, deep), -ENOENT);
    assert_int_equal(disk_real.rename(NULL, in(directory, "a/file"), in(directory, "moved")), 0);
    assert_true(disk_exists(&disk_real, in(directory, "moved")));
    assert_int_equal(disk_real.sync_directory(NULL, directory->path), 0);
    assert_int_equal(disk_real.list(NULL, in(directory, "gone"), &entries, directory->arena),
                     -ENOENT);
}

static void open_files(void **state) {
    Directory *directory = *state;
    Str path = in(directory, "file");
    DiskFile file = {0};
    char text[20];
    size_t got;
    uint64_t size;
    disk_real.close(NULL, file);
    assert_int_equal(disk_real.open(NULL, path, DISK_READ, 0, &file), -ENOENT);
    unsigned flags = DISK_READ | DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE;
    assert_int_equal(disk_real.open(NULL, path, flags, 0600, &file), 0);
    assert_int_equal(fcntl((int)file.handle - 1, F_GETFD), FD_CLOEXEC);
    assert_int_equal(disk_real.write(NULL, file, 0, STR("hello world")), 0);
    assert_int_equal(disk_real.write(NULL, file, 6, STR("there")), 0);
    assert_int_equal(disk_real.append(NULL, file, STR("!")), 0);
    assert_int_equal(disk_real.read(NULL, file, 6, text, sizeof text, &got), 0);
    check_str(((Str){text, got}), "there!");
    assert_int_equal(disk_real.read(NULL, file, 99, text, sizeof text, &got), 0);
    assert_int_equal(got, 0);
    assert_int_equal(disk_real.truncate(NULL, file, 5), 0);
    assert_int_equal(disk_real.sync(NULL, file), 0);
    assert_int_equal(disk_real.size(NULL, file, &size), 0);
    assert_int_equal(size, 5);
    disk_real.close(NULL, file);
    assert_int_equal(disk_real.open(NULL, path, flags, 0600, &file), -EEXIST);
    assert_int_equal(disk_real.open(NULL, path, DISK_APPEND, 0, &file), 0);
    assert_int_equal(disk_real.append(NULL, file, STR(" you")), 0);
    disk_real.close(NULL, file);
    Str bytes;
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, directory->arena), 0);
    check_str(bytes, "hello you");
    assert_int_equal(disk_real.open(NULL, path, DISK_WRITE | DISK_TRUNCATE, 0, &file), 0);
    assert_int_equal(disk_real.size(NULL, file, &size), 0);
    assert_int_equal(size, 0);
    disk_real.close(NULL, file);
}

static void locks_exclude(void **state) {
    Directory *directory = *state;
    Str path = in(directory, "locked");
    DiskFile first;
    DiskFile second;
    pid_t holder = 77;
    unsigned flags = DISK_READ | DISK_WRITE | DISK_CREATE;
    assert_int_equal(disk_real.open(NULL, path, flags, 0600, &first), 0);
    assert_int_equal(disk_real.open(NULL, path, flags, 0600, &second), 0);
    assert_int_equal(disk_real.lock(NULL, first, &holder), 0);
    assert_int_equal(disk_real.lock(NULL, second, &holder), -EAGAIN);
    assert_int_equal(holder, 0);
    assert_int_equal(disk_real.lock(NULL, second, NULL), -EAGAIN);
    disk_real.close(NULL, first);
    assert_int_equal(disk_real.lock(NULL, second, &holder), 0);
    disk_real.close(NULL, second);
}

/* A writer of a pipe may be late, slow or silent. */
static void pipes(void **state) {
    Directory *directory = *state;
    Str path = in(directory, "pipe");
    const char *name = str_to_cstr(path, directory->arena);
    Str read;
    assert_int_equal(mkfifo(name, 0600), 0);
    for (int writes = 0; writes < 2; writes++) {
        pid_t writer = fork();
        if (writer == 0) {
            usleep(120000);
            int fd = open(name, O_WRONLY | O_CLOEXEC);
            usleep(120000);
            _exit(writes && write(fd, "late", 4) != 4);
        }
        assert_int_equal(disk_real.read_file(NULL, path, &read, directory->arena), 0);
        check_str(read, writes ? "late" : "");
        assert_int_equal(waitpid(writer, NULL, 0), writer);
    }
}

static void open_file_and_its_name(void **state) {
    Directory *directory = *state;
    Str path = in(directory, "named");
    DiskFile file;
    assert_int_equal(disk_real.open(NULL, path, DISK_WRITE | DISK_CREATE, 0600, &file), 0);
    assert_int_equal(disk_real.link(NULL, STR("named"), in(directory, "link")), 0);
    assert_true(disk_real.is_at(NULL, file, path));
    assert_true(disk_real.is_at(NULL, file, in(directory, "link")));
    assert_int_equal(disk_real.write_file(NULL, path, STR("another"), 0600), 0);
    assert_false(disk_real.is_at(NULL, file, path));
    assert_int_equal(disk_real.remove(NULL, path), 0);
    assert_false(disk_real.is_at(NULL, file, path));
    disk_real.close(NULL, file);
}

/* The lock of another program on a state file: fcntl, whole file, owned by its process. */
static void lock_of_another_program(void **state) {
    Directory *directory = *state;
    Str path = in(directory, "locked");
    int ready[2];
    int done[2];
    char byte;
    assert_int_equal(pipe(ready) + pipe(done), 0);
    const char *name = str_to_cstr(path, directory->arena);
    pid_t child = fork();
    if (child == 0) {
        struct flock whole = {.l_type = F_WRLCK};
        int fd = open(name, O_RDWR | O_CREAT, 0600);
        bool locked = fd >= 0 && fcntl(fd, F_SETLK, &whole) == 0;
        close(done[1]);
        bool is_reported = write(ready[1], locked ? "y" : "n", 1) == 1;
        _exit(is_reported && read(done[0], &byte, 1) == 0 ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    DiskFile file;
    pid_t holder = 0;
    assert_int_equal(disk_real.open(NULL, path, DISK_READ | DISK_WRITE, 0600, &file), 0);
    assert_int_equal(disk_real.lock(NULL, file, &holder), -EAGAIN);
    assert_int_equal(holder, child);
    int status;
    close(done[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(disk_real.lock(NULL, file, &holder), 0);
    disk_real.close(NULL, file);
    close(done[0]);
    close(ready[0]);
    close(ready[1]);
}

static void links(void **state) {
    Directory *directory = *state;
    Str target;
    Str real;
    Str root;
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "a/b"), 0700), 0);
    assert_int_equal(disk_real.link(NULL, STR("a/b"), in(directory, "link")), 0);
    assert_int_equal(disk_real.link(NULL, STR("x"), in(directory, "link")), -EEXIST);
    assert_int_equal(disk_real.read_link(NULL, in(directory, "link"), &target, directory->arena),
                     0);
    check_str(target, "a/b");
    assert_int_equal(disk_real.read_link(NULL, in(directory, "a"), &target, directory->arena),
                     -EINVAL);
    assert_int_equal(disk_real.read_link(NULL, in(directory, "c"), &target, directory->arena),
                     -ENOENT);
    assert_int_equal(disk_real.real_path(NULL, directory->path, &root, directory->arena), 0);
    assert_int_equal(disk_real.real_path(NULL, in(directory, "link/.."), &real, directory->arena),
                     0);
    check_str_equal(real, disk_join(root, STR("a"), directory->arena));
    assert_int_equal(disk_real.real_path(NULL, in(directory, "c"), &real, directory->arena),
                     -ENOENT);
}

/* Only directories of relative paths count, and only links that leave the working directory. */
static void outside_links(void **state) {
    const Directory *directory = *state;
    static const struct {
        const char *path, *link;
    } cases[] = {
        {"p", ""},
        {"out", ""}, /* the last part */
        {"in/p", ""},
        {"out/p", "out"},
        {"out/../p", "out"},
        {"out/", "out"},
        {"a/b/up/p", "a/b/up"},
        {"a/here/out/p", "a/here/out"},
        {"a/here/p", ""},
        {"gone/p", "gone"},
        {"..a/p", "..a"},
        {"../out/p", ""},
        {"a/../../main/out/p", ""},
        {"a/../out/p", "a/../out"},
        {"", ""},
    };
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "main/a/b"), 0755), 0);
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "main2"), 0755), 0);
    static const char *const links[][2] = {{"main/out", "../main2"}, {"main/in", "a"},
                                           {"main/a/b/up", "/"},     {"main/a/here", ".."},
                                           {"main/gone", "nowhere"}, {"main/..a", "../main2"}};
    for (size_t i = 0; i < ARRAY_COUNT(links); i++)
        assert_int_equal(
            disk_real.link(NULL, str_from_cstr(links[i][1]), in(directory, links[i][0])), 0);
    int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(before >= 0);
    assert_int_equal(chdir(str_to_cstr(in(directory, "main"), directory->arena)), 0);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str path = str_from_cstr(cases[i].path);
        check_str(disk_outside_link(&disk_real, path, directory->arena), cases[i].link);
    }
    Str absolute = in(directory, "main/out/p");
    check_str(disk_outside_link(&disk_real, absolute, directory->arena), "");
    assert_int_equal(fchdir(before), 0);
    close(before);
}

/* The target of a symbolic link stays. */
static void removed_trees(void **state) {
    Directory *directory = *state;
    Str kept = in(directory, "kept/file");
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "kept"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, kept, STR("x"), 0600), 0);
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "tree/a/b"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, in(directory, "tree/a/b/file"), STR("x"), 0600), 0);
    assert_int_equal(disk_real.link(NULL, STR("../../kept"), in(directory, "tree/a/link")), 0);
    assert_int_equal(disk_real.link(NULL, STR("nowhere"), in(directory, "tree/broken")), 0);
    assert_int_equal(disk_remove_tree(&disk_real, in(directory, "tree")), 0);
    assert_false(disk_exists(&disk_real, in(directory, "tree")));
    assert_true(disk_exists(&disk_real, kept));
    assert_int_equal(disk_remove_tree(&disk_real, in(directory, "tree")), 0);
    assert_int_equal(disk_remove_tree(&disk_real, kept), 0);
    assert_false(disk_exists(&disk_real, kept));
}

typedef struct Synced {
    int files, directories;
} Synced;

static int count_file(void *self, DiskFile file) {
    ((Synced *)self)->files++;
    return disk_real.sync(NULL, file);
}

static int count_directory(void *self, Str path) {
    ((Synced *)self)->directories++;
    return disk_real.sync_directory(NULL, path);
}

static int refuse_file(void *self, DiskFile file) {
    (void)self, (void)file;
    return -EIO;
}

static void synced_trees(void **state) {
    Directory *directory = *state;
    Synced synced = {0};
    Disk disk = disk_real;
    disk.self = &synced;
    disk.sync = count_file;
    disk.sync_directory = count_directory;
    assert_int_equal(disk_real.make_directories(NULL, in(directory, "all/a/b"), 0777), 0);
    assert_int_equal(disk_real.write_file(NULL, in(directory, "all/one"), STR("1"), 0600), 0);
    assert_int_equal(disk_real.write_file(NULL, in(directory, "all/a/b/two"), STR("2"), 0600), 0);
    assert_int_equal(disk_real.link(NULL, STR(".."), in(directory, "all/a/up")), 0);
    assert_int_equal(disk_real.link(NULL, STR("nowhere"), in(directory, "all/lost")), 0);
    assert_int_equal(disk_sync_tree(&disk, in(directory, "all")), 0);
    assert_int_equal(synced.files, 2);
    assert_int_equal(synced.directories, 3);
    disk.sync = refuse_file;
    assert_int_equal(disk_sync_tree(&disk, in(directory, "all")), -EIO);
    assert_int_equal(disk_sync_tree(&disk_real, in(directory, "none")), -ENOENT);
    assert_int_equal(disk_remove_tree(&disk_real, in(directory, "all")), 0);
}

static void path_text(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *path, *directory, *name, *clean;
        bool is_explicit;
    } cases[] = {
        {"a", ".", "a", "a", false},
        {"a/b", "a", "b", "a/b", false},
        {"a//b/", "a", "b", "a/b", false},
        {"/a", "/", "a", "/a", true},
        {"/", "/", "/", "/", true},
        {"", ".", "", ".", false},
        {"a/./b/../c", "a/./b/..", "c", "a/c", false},
        {"../../x", "../..", "x", "../../x", true},
        {"/../x", "/..", "x", "/x", true},
        {"./a", ".", "a", "a", true},
        {".a", ".", ".a", ".a", false},
        {"a/..", "a", "..", ".", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str path = str_from_cstr(cases[i].path);
        check_str(disk_directory_of(path), cases[i].directory);
        check_str(disk_name_of(path), cases[i].name);
        check_str(disk_clean(path, arena), cases[i].clean);
        assert_int_equal(disk_is_explicit(path), cases[i].is_explicit);
    }
    check_str(disk_without_end_slashes(STR("/a//")), "/a");
    check_str(disk_without_end_slashes(STR("//")), "/");
    check_str(disk_without_end_slashes(STR_EMPTY), "");
    static const struct {
        const char *directory, *name, *wanted;
    } joins[] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"},
        {"a", "/b", "/b"}, {"", "b", "b"},     {"a", "", "a"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(joins); i++) {
        Str directory = str_from_cstr(joins[i].directory);
        check_str(disk_join(directory, str_from_cstr(joins[i].name), arena), joins[i].wanted);
    }
}

#define in_directory(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

static void advice_by_errno(void **) {
    check_str(str_from_cstr(disk_hint(-EACCES, "See who may.")), "See who may.");
    check_str(str_from_cstr(disk_hint(-ENOSPC, "See who may.")),
              "Free some space, then run the same command again.");
    check_str(str_from_cstr(disk_hint(-EDQUOT, "See who may.")),
              "Free some space, then run the same command again.");
    check_str(
        str_from_cstr(disk_hint(-EROFS, "See who may.")),
        "The file system is mounted read-only. Mount it for writing, or use another directory.");
}

UNIT_MAIN(test_disk) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advice_by_errno),
        in_directory(whole_files),
        in_directory(kernel_files),
        in_directory(endless_files),
        in_directory(leftover_of_a_killed_writer),
        in_directory(failed_write_leaves_nothing),
        in_directory(refused_paths),
        in_directory(longest_name),
        in_directory(directories),
        in_directory(links),
        cmocka_unit_test_setup_teardown(outside_links, make_directory, remove_directory),
        in_directory(removed_trees),
        in_directory(synced_trees),
        in_directory(open_files),
        in_directory(locks_exclude),
        in_directory(pipes),
        in_directory(open_file_and_its_name),
        in_directory(lock_of_another_program),
        cmocka_unit_test(path_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
