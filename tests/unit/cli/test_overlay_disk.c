/* A disk with one additional file. */
#include "unit.h"

#include "overlay_disk.h"

#include <errno.h>

static int real_read(void *self, Str path, Str *out, Arena *arena) {
    (void)self, (void)arena;
    *out = STR("real");
    return str_equal(path, STR("b")) ? 0 : -ENOENT;
}

static int real_stat(void *self, Str path, DiskStat *out) {
    (void)self;
    *out = (DiskStat){.size = 4};
    return str_equal(path, STR("b")) ? 0 : -ENOENT;
}

static int real_list(void *self, Str path, DiskEntries *out, Arena *arena) {
    (void)self, (void)path;
    vec_push(arena, out, (DiskEntry){STR("b"), DISK_FILE});
    vec_push(arena, out, (DiskEntry){STR("d"), DISK_FILE});
    return 0;
}

static const Disk real = {.read_file = real_read, .stat = real_stat, .list = real_list};

static void shows_it(void **state) {
    SCOPED(ArenaRef) arena = arena_open("test");
    (void)state;
    Disk disk = overlay_disk_new(&real, STR("c"), STR("thought of"), arena);
    Str text;
    DiskStat stat;
    assert_int_equal(disk.read_file(disk.self, STR("c"), &text, arena), 0);
    check_str(text, "thought of");
    assert_int_equal(disk.read_file(disk.self, STR("./c"), &text, arena), 0);
    assert_int_equal(disk.stat(disk.self, STR("c"), &stat), 0);
    assert_int_equal(stat.size, 10);
    assert_int_equal(disk.read_file(disk.self, STR("b"), &text, arena), 0);
    check_str(text, "real");
    assert_int_equal(disk.stat(disk.self, STR("m/c"), &stat), -ENOENT);
}

static void lists_it_in_order(void **state) {
    static const struct {
        const char *name, *directory, *wanted;
    } cases[] = {
        {"a", ".",   "abd"},
        {"c", ".",   "bcd"},
        {"e", ".",   "bde"},
        {"c", "sub", "bd" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Disk disk = overlay_disk_new(&real, str_from_cstr(cases[i].name), STR(""), arena);
        DiskEntries entries = {0};
        StrBuf got = strbuf_new(arena);
        assert_int_equal(disk.list(disk.self, str_from_cstr(cases[i].directory), &entries, arena),
                         0);
        vec_each(&entries, entry) {
            strbuf_add(&got, entry->name);
        }
        check_str(strbuf_str(&got), cases[i].wanted);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_it),
        cmocka_unit_test(lists_it_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
