/* duration: attributes that hold a time. */
#include "duration.h"

#include "unit.h"

static const Attribute attributes[] = {
    {"timeout", &TYPE_STRING, OPTIONAL, "How long."},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static void only_times_above_zero(void **) {
    static const struct {
        const char *text;
        bool is_fine;
    } cases[] = {
        {"90s", true},
        {"1h30m", true},
        {"1ns", true},
        {"0", false},
        {"0s", false},
        {"-5m", false},
        {"", false},
        {"5", false},
        {"5 m", false},
        {"5m ", false},
        {"1d", false},
        {"99999999999h", false},
        {"18446744073709551616s", false},
        {"5124095.9h", false}, /* in ns, a little more than 2^64 */
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str fault = duration_check(value_from_cstr(cases[i].text), arena);
        if ((fault.len == 0) != cases[i].is_fine)
            fail_msg("%s: %.*s", cases[i].text, STR_ARG(fault));
    }
    check_str(duration_check(value_from_cstr("1\n"), arena),
              "\"1\\n\" is not a duration above zero, such as \"90s\" or \"5m\".");
}

static void attributes_have_a_fallback(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    assert_int_equal(duration_of(object_builder_value(&builder), "timeout", 7), 7);
    builder = object_builder_empty(&schema, arena);
    object_builder_set(&builder, "timeout", value_unknown(&TYPE_STRING));
    assert_int_equal(duration_of(object_builder_value(&builder), "timeout", 7), 7);
    builder = object_builder_empty(&schema, arena);
    object_builder_set(&builder, "timeout", value_from_cstr("1m1s"));
    assert_int_equal(duration_of(object_builder_value(&builder), "timeout", 7), 61000);
}

UNIT_MAIN(test_duration) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_times_above_zero),
        cmocka_unit_test(attributes_have_a_fallback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
