#include "unit.h"

#include "plan_disk.h"

#include <errno.h>

/* The real disk of these tests holds one file, "real". */
static int real_read(void *self, Str path, Str *out, Arena *arena) {
    (void)self;
    (void)arena;
    if (!str_equal(path, STR("real")))
        return -ENOENT;
    *out = STR("from the disk");
    return 0;
}

static int real_stat(void *self, Str path, DiskStat *out) {
    (void)self;
    if (!str_equal(path, STR("real")))
        return -ENOENT;
    *out = (DiskStat){.kind = DISK_FILE, .size = 13};
    return 0;
}

static int real_list(void *self, Str path, DiskEntries *out, Arena *arena) {
    (void)self;
    (void)path;
    vec_push(arena, out, (DiskEntry){STR("real"), DISK_FILE});
    return 0;
}

static const Disk real = {.read_file = real_read, .stat = real_stat, .list = real_list};

static Disk open_disk(Arena *arena) {
    static const PlanFileSource files[] = {
        {STR_CONST("main.loam.yaml"),             STR_CONST("main")},
        {STR_CONST("./b.tf.json"),                STR_CONST("b")   },
        {STR_CONST("modules/net/main.loam.yaml"), STR_CONST("net") },
    };
    PlanFileSources *sources = arena_new(arena, PlanFileSources);
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        vec_push(arena, sources, files[i]);
    }
    return plan_disk_new(&real, sources, arena);
}

static void test_read(void **state) {
    static const struct {
        const char *path, *wanted; /* NULL: no such file */
    } cases[] = {
        {"main.loam.yaml",             "main"         },
        {"./main.loam.yaml",           "main"         },
        {"b.tf.json",                  "b"            },
        {"modules/net/main.loam.yaml", "net"          },
        {"modules/../main.loam.yaml",  "main"         },
        {"real",                       "from the disk"},
        {"modules/main.loam.yaml",     NULL           },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Disk disk = open_disk(arena);
        Str text = STR("-");
        int error = disk.read_file(disk.self, str_from_cstr(cases[i].path), &text, arena);
        assert_int_equal(error, cases[i].wanted ? 0 : -ENOENT);
        check_str(text, cases[i].wanted ? cases[i].wanted : "-");
    }
}

static void test_list(void **state) {
    static const struct {
        const char *path, *wanted;
    } cases[] = {
        {".",           "b.tf.json main.loam.yaml "},
        {"modules/net", "main.loam.yaml "          },
        {"elsewhere",   "real "                    },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Disk disk = open_disk(arena);
        DiskEntries entries = {0};
        assert_int_equal(disk.list(disk.self, str_from_cstr(cases[i].path), &entries, arena), 0);
        StrBuf names = strbuf_new(arena);
        vec_each(&entries, entry) {
            strbuf_add_format(&names, "%.*s ", STR_ARG(entry->name));
        }
        check_str(strbuf_str(&names), cases[i].wanted);
    }
}

static void test_stat(void **state) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Disk disk = open_disk(arena);
    DiskStat stat;
    (void)state;
    assert_int_equal(disk.stat(disk.self, STR("main.loam.yaml"), &stat), 0);
    assert_int_equal(stat.kind, DISK_FILE);
    assert_int_equal(stat.size, 4);
    assert_int_equal(disk.stat(disk.self, STR("modules/net"), &stat), 0);
    assert_int_equal(stat.kind, DISK_FOLDER);
    assert_int_equal(disk.stat(disk.self, STR("none"), &stat), -ENOENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_stat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
