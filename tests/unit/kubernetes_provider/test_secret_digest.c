/* Digests of write-only values: they recognise the value, and have nothing of it. */
#include "secret_digest.h"
#include "unit.h"

#include "base64.h"

static void recognised(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SecretDigests made = secret_digests_new(arena);
    made.version = STR("17");
    secret_digests_add(&made, STR("data_wo"), STR("a.b"), STR("c2VjcmV0"), arena);
    secret_digests_add(&made, STR("data_wo"), STR("k"), STR("c2VjcmV0"), arena);
    secret_digests_add(&made, STR("binary_data_wo"), STR("k2"), STR(""), arena);
    Str text = secret_digests_text(&made, arena);
    assert_true(str_find(text, STR("c2VjcmV0"), 0) == SIZE_MAX);
    SecretDigests read = secret_digests_read(text, arena);
    assert_int_equal(read.items.count, 3);
    check_str(read.version, "17");
    static const char *const values[] = {"", "c2VjcmV0", "c2VjcmV0"}; /* sorted by argument */
    static const char *const keys[] = {"k2", "a.b", "k"};
    for (size_t i = 0; i < 3; i++) {
        check_str(read.items.items[i].key, keys[i]);
        check_str(read.items.items[i].argument, i ? "data_wo" : "binary_data_wo");
        assert_true(
            secret_digests_match(&read, &read.items.items[i], str_from_cstr(values[i]), arena));
        assert_false(secret_digests_match(&read, &read.items.items[i], STR("b3RoZXI="), arena));
    }
    assert_false(str_equal(read.items.items[1].digest, read.items.items[2].digest));
}

/* Equal values of two Secrets have different digests. */
static void salted(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SecretDigests a = secret_digests_new(arena), b = secret_digests_new(arena);
    secret_digests_add(&a, STR("data_wo"), STR("k"), STR("eA=="), arena);
    secret_digests_add(&b, STR("data_wo"), STR("k"), STR("eA=="), arena);
    assert_false(str_equal(a.items.items[0].digest, b.items.items[0].digest));
}

static void damaged(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{\"salt\":7}",
        "{\"salt\":\"!\"}",
        "{\"salt\":\"eA==\",\"arguments\":[\"x\"]}",
        "{\"salt\":\"eA==\",\"arguments\":{\"data_wo\":7}}",
        "{\"salt\":\"eA==\",\"arguments\":{\"data_wo\":{\"k\":1}}}"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        assert_int_equal(secret_digests_read(str_from_cstr(texts[i]), arena).items.count, 0);
}

UNIT_MAIN(test_secret_digest) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recognised),
        cmocka_unit_test(salted),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
