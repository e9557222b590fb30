/* Files over the real disk: those of a plan file hide the others, a generated file is one more. */
#include "unit.h"

#include "overlay_disk.h"

#include <errno.h>

/* The real disk of these tests holds one file, "real", and lists "b" and "real". */
static int real_read(void *, Str path, Str *out, Arena *) {
    if (!str_equal(path, STR("real")))
        return -ENOENT;
    *out = STR("from the disk");
    return 0;
}

static int real_stat(void *, Str path, DiskStat *out) {
    if (!str_equal(path, STR("real")))
        return -ENOENT;
    *out = (DiskStat){.kind = DISK_FILE, .size = 13};
    return 0;
}

static int real_list(void *, Str, DiskEntries *out, Arena *arena) {
    vec_push(arena, out, (DiskEntry){STR("b"), DISK_FILE});
    vec_push(arena, out, (DiskEntry){STR("real"), DISK_FILE});
    return 0;
}

static const Disk real = {.read_file = real_read, .stat = real_stat, .list = real_list};

static Disk open_disk(Arena *arena) {
    static const PlanFileSource files[] = {
        {STR_CONST("main.loam.yaml"), STR_CONST("main")},
        {STR_CONST("./b.tf.json"), STR_CONST("b")},
        {STR_CONST("modules/net/main.loam.yaml"), STR_CONST("net")},
    };
    PlanFileSources *sources = arena_new(arena, PlanFileSources);
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        vec_push(arena, sources, files[i]);
    }
    return overlay_disk_new(&real, sources, OVERLAY_REPLACE, arena);
}

static void test_read(void **) {
    static const struct {
        const char *path, *wanted; /* NULL: no such file */
    } cases[] = {
        {"main.loam.yaml", "main"},
        {"./main.loam.yaml", "main"},
        {"b.tf.json", "b"},
        {"modules/net/main.loam.yaml", "net"},
        {"modules/../main.loam.yaml", "main"},
        {"real", "from the disk"},
        {"modules/main.loam.yaml", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Disk disk = open_disk(arena);
        Str text = STR("-");
        int error = disk.read_file(disk.self, str_from_cstr(cases[i].path), &text, arena);
        assert_int_equal(error, cases[i].wanted ? 0 : -ENOENT);
        check_str(text, cases[i].wanted ? cases[i].wanted : "-");
    }
}

static Str names_in(const Disk *disk, const char *directory, Arena *arena) {
    DiskEntries entries = {0};
    StrBuf names = strbuf_new(arena);
    assert_int_equal(disk->list(disk->self, str_from_cstr(directory), &entries, arena), 0);
    vec_each(&entries, entry) {
        strbuf_add_format(&names, "%.*s ", STR_ARG(entry->name));
    }
    return strbuf_str(&names);
}

static void test_list(void **) {
    static const struct {
        const char *path, *wanted;
    } cases[] = {
        {".", "b.tf.json main.loam.yaml "},
        {"modules/net", "main.loam.yaml "},
        {"elsewhere", "b real "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Disk disk = open_disk(arena);
        check_str(names_in(&disk, cases[i].path, arena), cases[i].wanted);
    }
}

static void test_stat(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Disk disk = open_disk(arena);
    DiskStat stat;
    assert_int_equal(disk.stat(disk.self, STR("main.loam.yaml"), &stat), 0);
    assert_int_equal(stat.kind, DISK_FILE);
    assert_int_equal(stat.size, 4);
    assert_int_equal(disk.stat(disk.self, STR("modules/net"), &stat), 0);
    assert_int_equal(stat.kind, DISK_DIRECTORY);
    assert_int_equal(disk.stat(disk.self, STR("none"), &stat), -ENOENT);
}

static Disk open_with(const char *name, const char *text, Arena *arena) {
    PlanFileSources *files = arena_new(arena, PlanFileSources);
    vec_push(arena, files, (PlanFileSource){str_from_cstr(name), str_from_cstr(text)});
    return overlay_disk_new(&real, files, OVERLAY_ADD, arena);
}

static void reads_added_file(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Disk disk = open_with("c", "generated", arena);
    Str text;
    DiskStat stat;
    assert_int_equal(disk.read_file(disk.self, STR("c"), &text, arena), 0);
    check_str(text, "generated");
    assert_int_equal(disk.read_file(disk.self, STR("./c"), &text, arena), 0);
    assert_int_equal(disk.stat(disk.self, STR("c"), &stat), 0);
    assert_int_equal(stat.size, 9);
    assert_int_equal(disk.read_file(disk.self, STR("real"), &text, arena), 0);
    check_str(text, "from the disk");
    assert_int_equal(disk.stat(disk.self, STR("m/c"), &stat), -ENOENT);
    assert_int_equal(disk.stat(disk.self, STR("."), &stat), -ENOENT); /* the real disk decides */
}

static void lists_added_file_in_order(void **) {
    static const struct {
        const char *name, *directory, *wanted;
    } cases[] = {
        {"a", ".", "a b real "},
        {"c", ".", "b c real "},
        {"z", ".", "b real z "},
        {"c", "sub", "b real "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Disk disk = open_with(cases[i].name, "", arena);
        check_str(names_in(&disk, cases[i].directory, arena), cases[i].wanted);
    }
}

UNIT_MAIN(test_overlay_disk) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_stat),
        cmocka_unit_test(reads_added_file),
        cmocka_unit_test(lists_added_file_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
