/* The real disk in a folder of its own; paths as text. */
#include "unit.h"

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Folder {
    Arena *arena;
    Str path;
} Folder;

static Str in(const Folder *folder, const char *name) {
    return disk_join(folder->path, str_from_cstr(name), folder->arena);
}

static int make_folder(void **state) {
    Arena *arena = arena_open("test");
    Folder *folder = arena_new(arena, Folder);
    char *path = (char *)str_to_cstr(STR("/tmp/loam-test-disk-XXXXXX"), arena);
    if (!mkdtemp(path))
        return -1;
    *folder = (Folder){arena, str_from_cstr(path)};
    *state = folder;
    return 0;
}

static int remove_folder(void **state) {
    Folder *folder = *state;
    assert_int_equal(disk_remove_tree(&disk_real, folder->path), 0);
    arena_close(folder->arena);
    return 0;
}

static void whole_files(void **state) {
    Folder *folder = *state;
    Str path = in(folder, "file");
    Str bytes;
    DiskStat stat;
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, folder->arena), -ENOENT);
    assert_false(disk_exists(&disk_real, path));
    assert_int_equal(disk_real.write_file(NULL, path, STR("one"), 0600), 0);
    assert_int_equal(disk_real.write_file(NULL, path, STR("t\0o"), 0600), 0);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, folder->arena), 0);
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
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, folder->arena), 0);
    assert_int_equal(bytes.len, 0);
}

/* Their size is said to be 0. */
static void kernel_files(void **state) {
    Folder *folder = *state;
    Str bytes;
    assert_int_equal(disk_real.read_file(NULL, STR("/proc/self/maps"), &bytes, folder->arena), 0);
    assert_true(bytes.len > 1000);
}

/* A file without an end in sight does not take all memory. */
static void endless_files(void **state) {
    Folder *folder = *state;
    Str bytes;
    Str path = in(folder, "sparse");
    assert_int_equal(disk_real.write_file(NULL, path, STR("x"), 0600), 0);
    assert_int_equal(truncate(str_to_cstr(path, folder->arena), INT64_C(1) << 30), 0);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, folder->arena), -EFBIG);
}

static void failed_write_leaves_nothing(void **state) {
    Folder *folder = *state;
    DiskEntries entries;
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "taken/inside"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, in(folder, "taken"), STR("x"), 0600), -EISDIR);
    assert_int_equal(disk_real.write_file(NULL, in(folder, "no/such"), STR("x"), 0600), -ENOENT);
    assert_int_equal(disk_real.list(NULL, folder->path, &entries, folder->arena), 0);
    assert_int_equal(entries.count, 1);
}

/* What a killed process left is taken away; what somebody still writes is left alone. */
static void leftover_of_a_killed_writer(void **state) {
    Folder *folder = *state;
    DiskEntries entries;
    Str path = in(folder, "file"), bytes;
    Str temporary = disk_temporary_of(path, folder->arena);
    DiskFile file;
    unsigned flags = DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE;
    assert_int_equal(disk_real.open(NULL, temporary, flags, 0600, &file), 0);
    assert_int_equal(disk_real.write(NULL, file, 0, STR("half")), 0);
    assert_int_equal(flock((int)file.handle - 1, LOCK_EX), 0);
    assert_int_equal(disk_real.write_file(NULL, path, STR("other"), 0600), 0);
    assert_true(disk_exists(&disk_real, temporary));
    disk_real.close(NULL, file);
    assert_int_equal(disk_real.write_file(NULL, path, STR("whole"), 0600), 0);
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, folder->arena), 0);
    check_str_equal(bytes, STR("whole"));
    assert_int_equal(disk_real.list(NULL, folder->path, &entries, folder->arena), 0);
    assert_int_equal(entries.count, 1);
}

static void refused_paths(void **state) {
    Folder *folder = *state;
    Str bytes;
    char *text = arena_alloc(folder->arena, 5000);
    memset(text, 'x', 5000);
    assert_int_equal(disk_real.read_file(NULL, (Str){text, 5000}, &bytes, folder->arena),
                     -ENAMETOOLONG);
    assert_int_equal(disk_real.read_file(NULL, STR("a\0b"), &bytes, folder->arena), -EINVAL);
    assert_int_equal(disk_real.read_file(NULL, STR_EMPTY, &bytes, folder->arena), -ENOENT);
    assert_int_equal(disk_real.read_file(NULL, folder->path, &bytes, folder->arena), -EISDIR);
}

static void longest_name(void **state) {
    Folder *folder = *state;
    char *name = arena_alloc(folder->arena, 256);
    memset(name, 'n', 255);
    assert_int_equal(disk_real.write_file(NULL, in(folder, name), STR("x"), 0600), 0);
    assert_true(disk_exists(&disk_real, in(folder, name)));
}

static void folders(void **state) {
    Folder *folder = *state;
    DiskEntries entries;
    Str deep = in(folder, "a/b/c");
    assert_int_equal(disk_real.make_folders(NULL, deep, 0700), 0);
    assert_int_equal(disk_real.make_folders(NULL, deep, 0700), 0);
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "a/b/c/"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, in(folder, "a/file"), STR("x"), 0600), 0);
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "a/file"), 0700), -ENOTDIR);
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "a/file/x"), 0700), -ENOTDIR);
    assert_int_equal(symlink("b", str_to_cstr(in(folder, "a/link"), folder->arena)), 0);
    assert_int_equal(symlink("gone", str_to_cstr(in(folder, "a/broken"), folder->arena)), 0);
    assert_int_equal(disk_real.list(NULL, in(folder, "a"), &entries, folder->arena), 0);
    static const struct {
        const char *name;
        DiskKind kind;
    } wanted[] = {
        {"b",      DISK_FOLDER},
        {"broken", DISK_OTHER },
        {"file",   DISK_FILE  },
        {"link",   DISK_FOLDER},
    };
    assert_int_equal(entries.count, ARRAY_COUNT(wanted));
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        check_str(entries.items[i].name, wanted[i].name);
        assert_int_equal(entries.items[i].kind, wanted[i].kind);
    }
    assert_int_equal(disk_real.remove(NULL, in(folder, "a")), -ENOTEMPTY);
    assert_int_equal(disk_real.remove(NULL, deep), 0);
    assert_int_equal(disk_real.remove(NULL, deep), -ENOENT);
    assert_int_equal(disk_real.rename(NULL, in(folder, "a/file"), in(folder, "moved")), 0);
    assert_true(disk_exists(&disk_real, in(folder, "moved")));
    assert_int_equal(disk_real.sync_folder(NULL, folder->path), 0);
    assert_int_equal(disk_real.list(NULL, in(folder, "gone"), &entries, folder->arena), -ENOENT);
}

static void open_files(void **state) {
    Folder *folder = *state;
    Str path = in(folder, "file");
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
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, folder->arena), 0);
    check_str(bytes, "hello you");
    assert_int_equal(disk_real.open(NULL, path, DISK_WRITE | DISK_TRUNCATE, 0, &file), 0);
    assert_int_equal(disk_real.size(NULL, file, &size), 0);
    assert_int_equal(size, 0);
    disk_real.close(NULL, file);
}

static void locks_exclude(void **state) {
    Folder *folder = *state;
    Str path = in(folder, "locked");
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

/* A writer may come late, be slow, or write nothing. */
static void pipes(void **state) {
    Folder *folder = *state;
    Str path = in(folder, "pipe");
    const char *name = str_to_cstr(path, folder->arena);
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
        assert_int_equal(disk_real.read_file(NULL, path, &read, folder->arena), 0);
        check_str(read, writes ? "late" : "");
        assert_int_equal(waitpid(writer, NULL, 0), writer);
    }
}

static void open_file_and_its_name(void **state) {
    Folder *folder = *state;
    Str path = in(folder, "named");
    DiskFile file;
    assert_int_equal(disk_real.open(NULL, path, DISK_WRITE | DISK_CREATE, 0600, &file), 0);
    assert_int_equal(disk_real.link(NULL, STR("named"), in(folder, "link")), 0);
    assert_true(disk_real.is_at(NULL, file, path));
    assert_true(disk_real.is_at(NULL, file, in(folder, "link")));
    assert_int_equal(disk_real.write_file(NULL, path, STR("another"), 0600), 0);
    assert_false(disk_real.is_at(NULL, file, path));
    assert_int_equal(disk_real.remove(NULL, path), 0);
    assert_false(disk_real.is_at(NULL, file, path));
    disk_real.close(NULL, file);
}

/* As another program locks a state file: fcntl, whole file, owned by its process. */
static void lock_of_another_program(void **state) {
    Folder *folder = *state;
    Str path = in(folder, "locked");
    int ready[2];
    int done[2];
    char byte;
    assert_int_equal(pipe(ready) + pipe(done), 0);
    const char *name = str_to_cstr(path, folder->arena);
    pid_t child = fork();
    if (child == 0) {
        struct flock whole = {.l_type = F_WRLCK};
        int fd = open(name, O_RDWR | O_CREAT, 0600);
        bool locked = fd >= 0 && fcntl(fd, F_SETLK, &whole) == 0;
        close(done[1]);
        bool told = write(ready[1], locked ? "y" : "n", 1) == 1;
        _exit(told && read(done[0], &byte, 1) == 0 ? 0 : 1);
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
    Folder *folder = *state;
    Str target;
    Str real;
    Str root;
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "a/b"), 0700), 0);
    assert_int_equal(disk_real.link(NULL, STR("a/b"), in(folder, "link")), 0);
    assert_int_equal(disk_real.link(NULL, STR("x"), in(folder, "link")), -EEXIST);
    assert_int_equal(disk_real.read_link(NULL, in(folder, "link"), &target, folder->arena), 0);
    check_str(target, "a/b");
    assert_int_equal(disk_real.read_link(NULL, in(folder, "a"), &target, folder->arena), -EINVAL);
    assert_int_equal(disk_real.read_link(NULL, in(folder, "c"), &target, folder->arena), -ENOENT);
    assert_int_equal(disk_real.real_path(NULL, folder->path, &root, folder->arena), 0);
    assert_int_equal(disk_real.real_path(NULL, in(folder, "link/.."), &real, folder->arena), 0);
    check_str_equal(real, disk_join(root, STR("a"), folder->arena));
    assert_int_equal(disk_real.real_path(NULL, in(folder, "c"), &real, folder->arena), -ENOENT);
}

/* What a link leads to stays. */
static void removed_trees(void **state) {
    Folder *folder = *state;
    Str kept = in(folder, "kept/file");
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "kept"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, kept, STR("x"), 0600), 0);
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "tree/a/b"), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, in(folder, "tree/a/b/file"), STR("x"), 0600), 0);
    assert_int_equal(disk_real.link(NULL, STR("../../kept"), in(folder, "tree/a/link")), 0);
    assert_int_equal(disk_real.link(NULL, STR("nowhere"), in(folder, "tree/broken")), 0);
    assert_int_equal(disk_remove_tree(&disk_real, in(folder, "tree")), 0);
    assert_false(disk_exists(&disk_real, in(folder, "tree")));
    assert_true(disk_exists(&disk_real, kept));
    assert_int_equal(disk_remove_tree(&disk_real, in(folder, "tree")), 0);
    assert_int_equal(disk_remove_tree(&disk_real, kept), 0);
    assert_false(disk_exists(&disk_real, kept));
}

typedef struct Synced {
    int files, folders;
} Synced;

static int count_file(void *self, DiskFile file) {
    ((Synced *)self)->files++;
    return disk_real.sync(NULL, file);
}

static int count_folder(void *self, Str path) {
    ((Synced *)self)->folders++;
    return disk_real.sync_folder(NULL, path);
}

static int refuse_file(void *self, DiskFile file) {
    (void)self, (void)file;
    return -EIO;
}

static void synced_trees(void **state) {
    Folder *folder = *state;
    Synced synced = {0};
    Disk disk = disk_real;
    disk.self = &synced;
    disk.sync = count_file;
    disk.sync_folder = count_folder;
    assert_int_equal(disk_real.make_folders(NULL, in(folder, "all/a/b"), 0777), 0);
    assert_int_equal(disk_real.write_file(NULL, in(folder, "all/one"), STR("1"), 0600), 0);
    assert_int_equal(disk_real.write_file(NULL, in(folder, "all/a/b/two"), STR("2"), 0600), 0);
    assert_int_equal(disk_real.link(NULL, STR(".."), in(folder, "all/a/up")), 0);
    assert_int_equal(disk_real.link(NULL, STR("nowhere"), in(folder, "all/lost")), 0);
    assert_int_equal(disk_sync_tree(&disk, in(folder, "all")), 0);
    assert_int_equal(synced.files, 2);
    assert_int_equal(synced.folders, 3);
    disk.sync = refuse_file;
    assert_int_equal(disk_sync_tree(&disk, in(folder, "all")), -EIO);
    assert_int_equal(disk_sync_tree(&disk_real, in(folder, "none")), -ENOENT);
    assert_int_equal(disk_remove_tree(&disk_real, in(folder, "all")), 0);
}

static void path_text(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *path, *folder, *name, *clean;
    } cases[] = {
        {"a",          ".",        "a",  "a"      },
        {"a/b",        "a",        "b",  "a/b"    },
        {"a//b/",      "a",        "b",  "a/b"    },
        {"/a",         "/",        "a",  "/a"     },
        {"/",          "/",        "/",  "/"      },
        {"",           ".",        "",   "."      },
        {"a/./b/../c", "a/./b/..", "c",  "a/c"    },
        {"../../x",    "../..",    "x",  "../../x"},
        {"/../x",      "/..",      "x",  "/x"     },
        {"a/..",       "a",        "..", "."      },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str path = str_from_cstr(cases[i].path);
        check_str(disk_folder_of(path), cases[i].folder);
        check_str(disk_name_of(path), cases[i].name);
        check_str(disk_clean(path, arena), cases[i].clean);
    }
    check_str(disk_without_end_slashes(STR("/a//")), "/a");
    check_str(disk_without_end_slashes(STR("//")), "/");
    check_str(disk_without_end_slashes(STR_EMPTY), "");
    static const struct {
        const char *folder, *name, *wanted;
    } joins[] = {
        {"a",  "b",  "a/b"},
        {"a/", "b",  "a/b"},
        {"/",  "b",  "/b" },
        {"a",  "/b", "/b" },
        {"",   "b",  "b"  },
        {"a",  "",   "a"  },
    };
    for (size_t i = 0; i < ARRAY_COUNT(joins); i++) {
        Str folder = str_from_cstr(joins[i].folder);
        check_str(disk_join(folder, str_from_cstr(joins[i].name), arena), joins[i].wanted);
    }
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

static void ways_out(void **state) {
    (void)state;
    check_str(str_from_cstr(disk_way_out(-EACCES, "See who may.")), "See who may.");
    check_str(str_from_cstr(disk_way_out(-ENOSPC, "See who may.")),
              "Free some space, then run the same command again.");
    check_str(str_from_cstr(disk_way_out(-EDQUOT, "See who may.")),
              "Free some space, then run the same command again.");
    check_str(str_from_cstr(disk_way_out(-EROFS, "See who may.")),
              "It is mounted for reading alone: mount it for writing, or work in another folder.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_out),
        in_folder(whole_files),
        in_folder(kernel_files),
        in_folder(endless_files),
        in_folder(leftover_of_a_killed_writer),
        in_folder(failed_write_leaves_nothing),
        in_folder(refused_paths),
        in_folder(longest_name),
        in_folder(folders),
        in_folder(links),
        in_folder(removed_trees),
        in_folder(synced_trees),
        in_folder(open_files),
        in_folder(locks_exclude),
        in_folder(pipes),
        in_folder(open_file_and_its_name),
        in_folder(lock_of_another_program),
        cmocka_unit_test(path_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
