/* libcrypt accepts the hashes; texts that bcrypt cannot hash are rejected. */
#include "unit.h"

#include "bcrypt.h"

#include <crypt.h>

static bool is_hash_of(Str hash, Str text, Arena *arena) {
    void *data = arena_alloc(arena, sizeof(struct crypt_data));
    const char *setting = str_to_cstr(hash, arena);
    const char *again =
        crypt_rn(str_to_cstr(text, arena), setting, data, (int)sizeof(struct crypt_data));
    return again && str_equal_cstr(hash, again);
}

static void hashes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str first, second;
    assert_true(bcrypt_hash(STR("hunter2"), BCRYPT_COST_MIN, &first, arena));
    assert_true(bcrypt_hash(STR("hunter2"), BCRYPT_COST_MIN, &second, arena));
    assert_true(str_starts_with(first, STR("$2a$04$")));
    assert_int_equal(first.len, 60);
    assert_false(str_equal(first, second));
    assert_true(is_hash_of(first, STR("hunter2"), arena));
    assert_true(is_hash_of(second, STR("hunter2"), arena));
    assert_false(is_hash_of(first, STR("hunter3"), arena));
}

static void only_72_bytes_count(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char text[100];
    Str hash;
    memset(text, 'x', sizeof text);
    assert_true(bcrypt_hash((Str){text, sizeof text}, BCRYPT_COST_MIN, &hash, arena));
    assert_true(is_hash_of(hash, (Str){text, BCRYPT_TEXT_MAX}, arena));
    assert_false(is_hash_of(hash, (Str){text, BCRYPT_TEXT_MAX - 1}, arena));
}

static void rows(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str hash;
    assert_false(bcrypt_hash(STR("a\0b"), BCRYPT_COST_MIN, &hash, arena));
    assert_false(bcrypt_hash(STR("a"), BCRYPT_COST_MIN - 1, &hash, arena));
    assert_false(bcrypt_hash(STR("a"), BCRYPT_COST_MAX + 1, &hash, arena));
}

UNIT_MAIN(test_bcrypt) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),
        cmocka_unit_test(only_72_bytes_count),
        cmocka_unit_test(rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
