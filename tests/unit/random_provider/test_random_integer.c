/* random_integer: within its bounds, both included; the same for the same seed. */
#include "random_provider.h"
#include "resource_case.h"

static int64_t draw(const char *json) {
    ResourceCase c = case_open(&random_integer);
    int64_t result = 0;
    check_done(&c, case_validate(&c, json));
    check_done(&c, case_apply(&c, json));
    assert_true(value_to_int(case_attribute(&c, "result"), &result));
    case_close(&c);
    return result;
}

static void test_bounds(void **) {
    unsigned seen = 0;
    for (int i = 0; i < 200; i++) {
        int64_t result = draw("{\"min\":-1,\"max\":2}");
        assert_in_range(result + 1, 0, 3);
        seen |= 1U << (result + 1);
    }
    assert_int_equal(seen, 0xF);
    assert_int_equal(draw("{\"min\":7,\"max\":7}"), 7);
    (void)draw("{\"min\":-9223372036854775808,\"max\":9223372036854775807}");
}

static void test_seed(void **) {
    const char *json = "{\"min\":1,\"max\":1000000000,\"seed\":\"a\"}";
    assert_int_equal(draw(json), draw(json));
    assert_true(draw(json) != draw("{\"min\":1,\"max\":1000000000,\"seed\":\"b\"}"));
}

/* Ranges from the largest of hashicorp/random on to that of all 64-bit numbers. */
static void test_seed_of_wide_ranges(void **) {
    static const char *const bounds[] = {
        "\"min\":1,\"max\":9223372036854775807",
        "\"min\":0,\"max\":9223372036854775807",
        "\"min\":-1,\"max\":9223372036854775807",
        "\"min\":-4611686018427387904,\"max\":9223372036854775807",
        "\"min\":-9223372036854775808,\"max\":9223372036854775807",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(bounds); i++) {
        int64_t numbers[3];
        static const char *const seeds[] = {"a", "a", "b"};
        for (size_t k = 0; k < ARRAY_COUNT(numbers); k++)
            numbers[k] = draw(
                str_to_cstr(str_format(arena, "{%s,\"seed\":\"%s\"}", bounds[i], seeds[k]), arena));
        assert_true(numbers[0] == numbers[1]);
        assert_true(numbers[0] != numbers[2]);
        assert_true(i != 3 || numbers[0] >= INT64_C(-4611686018427387904));
    }
}

static void test_import_and_refusal(void **) {
    ResourceCase c = case_open(&random_integer);
    check_done(&c, case_import(&c, STR("5,1,9")));
    check_str(case_text(&c, "id"), "5");
    assert_true(case_is_settled(&c, "{\"min\":1,\"max\":9}"));
    assert_false(case_import(&c, STR("5,1")));
    check_refused(&c, case_validate(&c, "{\"min\":3,\"max\":2}"), "No number to choose from");
    case_close(&c);
}

UNIT_MAIN(test_random_integer) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_seed_of_wide_ranges),
        cmocka_unit_test(test_import_and_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
