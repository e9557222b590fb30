/* Entries of a directory on the real disk: files are read, all else is rejected without opening it.
 */
#include "unit.h"

#include "directory_file.h"

#include <sys/stat.h>
#include <unistd.h>

#define TEMPLATE "/tmp/loam-test-directory-file-XXXXXX"

typedef struct ListedCase {
    const char *name;
    DiskKind kind;
    const char *wanted; /* the content, or part of the error */
} ListedCase;

static const ListedCase cases[] = {
    {"broken", DISK_OTHER, "is a link to a missing file: No such file"},
    {"file", DISK_FILE, "text"},
    {"dir", DISK_FILE, "dir: Is a directory."},
    {"gone", DISK_FILE, "gone: No such file or directory."},
    {"link", DISK_FILE, "text"},
    {"loop", DISK_OTHER, "is a link to a missing file: Too many levels of"},
    {"null", DISK_OTHER, "null is a pipe, a socket or a device."},
    {"pipe", DISK_OTHER, "pipe is a pipe, a socket or a device."},
};

static void make_all(const char *directory) {
    assert_int_equal(chdir(directory), 0);
    assert_int_equal(disk_real.write_file(NULL, STR("file"), STR("text"), 0600), 0);
    assert_int_equal(symlink("nowhere", "broken"), 0);
    assert_int_equal(symlink("file", "link"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(symlink("/dev/null", "null"), 0);
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
}

static void check_case(const ListedCase *wanted, Arena *arena) {
    Diags diags = diags_new(arena);
    DirectoryFile file = {str_from_cstr(wanted->name), wanted->kind, "Failed to read a file"};
    Str text = STR_EMPTY;
    bool ok = directory_file_read(&disk_real, &file, &text, arena, &diags);
    assert_int_equal(ok, !diags_has_errors(&diags));
    if (!ok) {
        check_str(diags.items[0].summary, "Failed to read a file");
        text = diags.items[0].detail;
    }
    if (str_find(text, str_from_cstr(wanted->wanted), 0) == SIZE_MAX)
        fail_msg("%s: \"%.*s\" does not say \"%s\"", wanted->name, STR_ARG(text), wanted->wanted);
}

static void listed(void **) {
    Arena *arena = arena_open("test");
    char directory[] = TEMPLATE;
    assert_non_null(mkdtemp(directory));
    make_all(directory);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_case(&cases[i], arena);
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(directory)), 0);
    arena_close(arena);
}

UNIT_MAIN(test_directory_file) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(listed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
