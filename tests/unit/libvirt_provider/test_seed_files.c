/* cloud-init seeds and their images. */
#include "seed_files.h"

#include "unit.h"

static SeedFiles some_files(Arena *arena) {
    SeedFiles files = {0};
    seed_files_add(&files, STR("user-data"), STR("#cloud-config\nhostname: a\n"), arena);
    seed_files_add(&files, STR("meta-data"), STR("instance-id: a\n"), arena);
    seed_files_add(&files, STR("network-config"), STR("version: 2\n"), arena);
    return files;
}

static void test_digest_follows_the_files(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SeedFiles a = some_files(arena);
    SeedFiles b = some_files(arena);
    check_str(a.items[0].name, "meta-data");
    check_str_equal(seed_files_digest(&a, arena), seed_files_digest(&b, arena));
    b.items[2].content = STR("#cloud-config\nhostname: b\n");
    assert_false(str_equal(seed_files_digest(&a, arena), seed_files_digest(&b, arena)));
}

static void test_image_holds_the_files(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    SeedFiles files = some_files(arena);
    Str image = STR_EMPTY;
    assert_true(seed_files_to_iso(&files, &image, arena, &diags));
    /* The primary descriptor holds the volume's name and its size in sectors. */
    check_str(str_slice(image, 32808, 32814), "CIDATA");
    const unsigned char *sectors = (const unsigned char *)image.ptr + 32768 + 80;
    size_t count = (size_t)sectors[0] | (size_t)sectors[1] << 8 | (size_t)sectors[2] << 16;
    assert_int_equal(count * 2048, image.len);
    SeedFiles back = {0};
    assert_true(seed_files_from_iso(image, &back, arena));
    assert_int_equal(back.count, 3);
    check_str_equal(seed_files_digest(&back, arena), seed_files_digest(&files, arena));
    assert_false(seed_files_from_iso(STR("no image"), &back, arena));
}

UNIT_MAIN(test_seed_files) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest_follows_the_files),
        cmocka_unit_test(test_image_holds_the_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
