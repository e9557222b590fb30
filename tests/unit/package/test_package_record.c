/* package_record: links to the program of a package, as caches make them, change its times. It is
 * hashed again then. */
#include "arena_case.h"

#include "package_record.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define TICK_US 20000 /* more than a step of the clock from which files have their times */

static const Disk *real;
static char place[] = "/tmp/loam-record-XXXXXX";
static size_t links, links_max; /* that were made, and to be made */

static Str path_of(const char *name) {
    return disk_join(str_from_cstr(place), str_from_cstr(name), arena);
}

/* Makes one link to the program at a later time than the last one, then lists. */
static int list_and_link(void *self, Str path, DiskEntries *out, Arena *scratch) {
    if (links < links_max) {
        usleep(TICK_US);
        Str other = str_format(arena, "%s/link-%zu", place, links++);
        assert_int_equal(
            link(str_to_cstr(path_of("package/program"), arena), str_to_cstr(other, arena)), 0);
    }
    return real->list(self, path, out, scratch);
}

/* Hashes the package while `count` links are made. */
static int hash(size_t count, Str *h1) {
    Io io = io_real();
    Disk disk = *io.disk;
    real = io.disk;
    links = 0;
    links_max = count;
    disk.list = list_and_link;
    io.disk = &disk;
    StoredPackage package = {.path = path_of("package"), .program = STR("program")};
    PackageRecord record = {.io = &io};
    assert_int_equal(real->make_directories(real->self, package.path, 0700), 0);
    assert_int_equal(real->write_file(real->self, path_of("package/program"), STR("x"), 0700), 0);
    assert_int_equal(
        real->open(real->self, path_of("package/program"), DISK_READ, 0, &package.file), 0);
    int status = package_record_hash(&record, &package, h1, arena);
    real->close(real->self, package.file);
    assert_int_equal(disk_remove_tree(real, path_of("package")), 0);
    for (size_t i = 0; i < links; i++)
        assert_int_equal(real->remove(real->self, str_format(arena, "%s/link-%zu", place, i)), 0);
    return status;
}

static void links_are_made_meanwhile(void **) {
    Str alone, linked;
    assert_non_null(mkdtemp(place));
    assert_int_equal(hash(0, &alone), 0);
    assert_true(str_starts_with(alone, STR("h1:")));
    for (size_t count = 1; count < 6; count++) {
        assert_int_equal(hash(count, &linked), 0);
        check_str(linked, str_to_cstr(alone, arena));
        assert_int_equal(links, count);
    }
    assert_int_equal(hash(SIZE_MAX, &linked), -EBUSY);
    assert_int_equal(rmdir(place), 0);
}

UNIT_MAIN(test_package_record) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_made_meanwhile),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
