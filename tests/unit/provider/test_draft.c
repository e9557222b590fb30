/* Draft: objects built by name, in whatever order, and read with fallbacks. */
#include "draft.h"
#include "unit.h"

static const Attribute attributes[] = {
    {"b_text",   &TYPE_STRING,  OPTIONAL, "Text."  },
    {"a_number", &TYPE_NUMBER,  OPTIONAL, "Number."},
    {"c_flag",   &TYPE_BOOL,    OPTIONAL, "Flag."  },
    {"d_any",    &TYPE_DYNAMIC, OPTIONAL, "Any."   },
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static void test_set_and_read(void **state) {
    (void)state;
    Arena *arena = arena_open("test");
    Draft draft = draft_empty(&schema, arena);
    draft_set_text(&draft, "b_text", STR("x"), arena);
    draft_set(&draft, "a_number", value_int(7));
    draft_set(&draft, "c_flag", value_bool(true));
    draft_set(&draft, "d_any", value_int(1));
    Value object = draft_value(&draft);
    assert_ptr_equal(object.type, schema_implied_type(&schema));
    check_str(draft_text(object, "b_text", STR("")), "x");
    assert_int_equal(draft_int(object, "a_number", 0), 7);
    assert_true(draft_bool(object, "c_flag", false));

    Draft copy = draft_of(object, arena);
    draft_set(&copy, "b_text", value_unknown(&TYPE_STRING));
    check_str(draft_text(object, "b_text", STR("")), "x");
    check_str(draft_text(draft_value(&copy), "b_text", STR("fallback")), "fallback");
    arena_close(arena);
}

static void test_fallbacks(void **state) {
    (void)state;
    Arena *arena = arena_open("test");
    Draft draft = draft_empty(&schema, arena);
    Value object = draft_value(&draft);
    check_str(draft_text(object, "b_text", STR("f")), "f");
    assert_int_equal(draft_int(object, "a_number", -3), -3);
    assert_true(draft_bool(object, "c_flag", true));
    assert_true(value_is_null(draft_attribute(object, "d_any")));
    arena_close(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_and_read),
        cmocka_unit_test(test_fallbacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
