/* bundle_reader: both forms of a bundle verify, and some of its files are packed, or none. */
#include "bundle_case.h"
#include "bundle_reader.h"

#include <stdlib.h>

typedef struct Case {
    Arena *arena;
    Io io;
    Str directory;
    Diags diags;
    Bundle bundle;
} Case;

static Str path_of(const Case *c, const char *name) {
    return disk_join(c->directory, str_from_cstr(name), c->arena);
}

static Case start(void) {
    char place[] = "/tmp/loam-bundle-XXXXXX";
    Case c = {.arena = arena_open("test"), .io = io_real()};
    assert_non_null(mkdtemp(place));
    c.directory = str_clone(str_from_cstr(place), c.arena);
    c.diags = diags_new(c.arena);
    bundle_case_make(&c.io, c.directory, "b.tar.zst", &c.bundle, c.arena, &c.diags);
    return c;
}

static void finish(Case *c) {
    assert_int_equal(disk_remove_tree(c->io.disk, c->directory), 0);
    arena_close(c->arena);
}

static void test_forms(void **) {
    Case c = start();
    Bundle verified, copy;
    bundle_case_make(&c.io, c.directory, "out", &copy, c.arena, &c.diags);
    static const char *const forms[] = {"b.tar.zst", "out"};
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        BundleRequest request = {
            .disk = c.io.disk, .path = path_of(&c, forms[i]), .pin = {.digest = c.bundle.digest}};
        assert_true(bundle_reader_verify(&request, &verified, c.arena, &c.diags));
        check_str_equal(verified.digest, c.bundle.digest);
    }
    finish(&c);
}

static void test_wrong_pin(void **) {
    Case c = start();
    Bundle verified;
    BundleRequest request = {
        .disk = c.io.disk, .path = path_of(&c, "b.tar.zst"), .pin = {.digest = STR("00")}};
    StrVec paths = {0};
    vec_push(c.arena, &paths, STR("bin/x"));
    Str tar = path_of(&c, "some.tar");
    assert_false(bundle_reader_verify(&request, &verified, c.arena, &c.diags));
    assert_false(bundle_reader_pack(&request, &paths, tar, c.arena, &c.diags));
    assert_int_equal(c.diags.error_count, 2);
    assert_false(disk_exists(c.io.disk, tar));
    finish(&c);
}

/* Only the named files are in the archive; a changed one leaves no archive behind. */
static void test_pack(void **) {
    Case c = start();
    const Disk *disk = c.io.disk;
    Bundle copy;
    StrVec paths = {0};
    vec_push(c.arena, &paths, STR("bin/x"));
    BundleRequest request = {
        .disk = disk, .path = path_of(&c, "b.tar.zst"), .pin = {.digest = c.bundle.digest}};
    Str tar = path_of(&c, "some.tar"), text;
    assert_true(bundle_reader_pack(&request, &paths, tar, c.arena, &c.diags));
    assert_int_equal(disk->read_file(disk->self, tar, &text, c.arena), 0);
    assert_true(str_find(text, STR("bin/x"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("program"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("000755 "), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("manifests"), 0) == SIZE_MAX);
    Str out = path_of(&c, "out");
    bundle_case_make(&c.io, c.directory, "out", &copy, c.arena, &c.diags);
    Str program = disk_join(out, STR("bin/x"), c.arena);
    assert_int_equal(disk->write_file(disk->self, program, STR("PROGRAM"), 0755), 0);
    request.path = out;
    Str other = path_of(&c, "other.tar");
    assert_false(bundle_reader_pack(&request, &paths, other, c.arena, &c.diags));
    assert_int_equal(c.diags.error_count, 1);
    assert_false(disk_exists(disk, other));
    vec_push(c.arena, &paths, STR("bin/absent"));
    request.path = path_of(&c, "b.tar.zst");
    assert_false(bundle_reader_pack(&request, &paths, other, c.arena, &c.diags));
    assert_false(disk_exists(disk, other));
    finish(&c);
}

static void test_paths(void **) {
    static const char *const good[] = {"bin/x", "images/a.b-c_d+e@f~g.tar", "cni/a/b"};
    static const char *const bad[] = {"",        "bin",     "bin/",     "/bin/x",
                                      "bin//x",  "bin/./x", "bin/..",   "other/x",
                                      "bin/a b", "bin/a\n", "bin/a\\b", "../bin/x"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        if (!bundle_path_is_valid(str_from_cstr(good[i])))
            fail_msg("%s", good[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        if (bundle_path_is_valid(str_from_cstr(bad[i])))
            fail_msg("%s", bad[i]);
    }
}

UNIT_MAIN(test_bundle_reader) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_wrong_pin),
        cmocka_unit_test(test_pack),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
