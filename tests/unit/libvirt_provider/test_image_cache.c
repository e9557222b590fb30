/* image_cache: the default directory, errors of cached images, and links. */
#include "image_cache.h"

#include "libvirt_case.h"

typedef struct Variables {
    const char *cache, *home;
} Variables;

static const char *variable(void *self, const char *name) {
    const Variables *variables = self;
    if (strcmp(name, "XDG_CACHE_HOME") == 0)
        return variables->cache;
    return strcmp(name, "HOME") == 0 ? variables->home : NULL;
}

/* Without a home directory there is no default: other users can write to /tmp. */
static void test_default_directory(void **) {
    static const struct {
        Variables variables;
        const char *detail; /* part of the error's detail */
    } rows[] = {
        {{NULL, NULL}, "Neither XDG_CACHE_HOME nor HOME is set"},
        {{"", ""}, "Neither XDG_CACHE_HOME nor HOME is set"},
        {{NULL, "/dev/null"}, "the directory /dev/null/.cache/loam/images"},
        {{"/dev/null", "/dev/full"}, "the directory /dev/null/loam/images"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&libvirt_volume);
        Variables variables = rows[i].variables;
        Process process = process_real;
        process.self = &variables;
        process.environment = variable;
        c.io.process = &process;
        Str path = STR_EMPTY;
        assert_false(image_cache_fetch(case_call(&c), STR_EMPTY, STR("http://h/i"),
                                       STR("sha256:00"), &path, &c.diags));
        if (str_find(c.diags.items[0].detail, str_from_cstr(rows[i].detail), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(c.diags.items[0].detail));
        case_close(&c);
    }
}

/* A damaged image in the cache, with libarchive's reason. No file is left behind. */
static void test_damaged_images(void **) {
    static const struct {
        Str bytes;
        const char *reason;
    } rows[] = {
        {STR_CONST("\x1f\x8b\x08\0\0\0\0\0\0\x03\x63"), "truncated gzip input"},
        {STR_CONST("\xfd"
                   "7zXZ\0\0\x04"),
         "Lzma library error"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&libvirt_volume);
        const Disk *disk = &disk_real;
        char directory[] = "test_image_cache.XXXXXX";
        assert_non_null(mkdtemp(directory));
        Str file = disk_join(str_from_cstr(directory), STR("00"), c.arena), path = STR_EMPTY;
        assert_int_equal(disk->write_file(disk->self, file, rows[i].bytes, 0600), 0);
        assert_false(image_cache_fetch(case_call(&c), str_from_cstr(directory), STR("http://h/i"),
                                       STR("sha256:00"), &path, &c.diags));
        if (str_find(c.diags.items[0].detail, str_from_cstr(rows[i].reason), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(c.diags.items[0].detail));
        assert_int_equal(disk->remove(disk->self, file), 0);
        assert_int_equal(disk->remove(disk->self, str_from_cstr(directory)), 0);
        case_close(&c);
    }
}

/* A link in place of the partial file, in a directory of a user's choice, is not followed: the file
 * that it leads to stays. */
static void test_links(void **) {
    ResourceCase c = case_open(&libvirt_volume);
    const Disk *disk = &disk_real;
    char directory[] = "test_image_cache.XXXXXX";
    assert_non_null(mkdtemp(directory));
    Str place = str_from_cstr(directory), path = STR_EMPTY, bytes;
    Str other = disk_join(place, STR("other"), c.arena);
    Str part = disk_join(place, STR("00.part"), c.arena);
    assert_int_equal(disk->write_file(disk->self, other, STR("kept"), 0600), 0);
    assert_int_equal(disk->link(disk->self, STR("other"), part), 0);
    assert_false(image_cache_fetch(case_call(&c), place, STR("http://h/i"), STR("sha256:00"), &path,
                                   &c.diags));
    if (str_find(c.diags.items[0].detail, STR("symbolic link"), 0) == SIZE_MAX)
        fail_msg("%.*s", STR_ARG(c.diags.items[0].detail));
    assert_int_equal(disk->read_file(disk->self, other, &bytes, c.arena), 0);
    assert_true(str_equal(bytes, STR("kept")));
    assert_int_equal(disk_remove_tree(disk, place), 0);
    case_close(&c);
}

UNIT_MAIN(test_image_cache) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_directory),
        cmocka_unit_test(test_damaged_images),
        cmocka_unit_test(test_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
