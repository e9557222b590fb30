/* Nested objects. */
#include "items.h"

#include "json.h"
#include "unit.h"

static Value value_of(const char *json, Arena *arena) {
    Value value;
    const char *error = NULL;
    size_t offset = 0;
    assert_true(json_parse_any(str_from_cstr(json), &value, &error, &offset, arena));
    return value;
}

static Value list_of(Value a, Value b, Arena *arena) {
    Values items = {0};
    vec_push(arena, &items, a);
    vec_push(arena, &items, b);
    return items_list(type_list(a.type, arena), &items, arena);
}

static void test_fill(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Value one = value_of("{\"a\":\"x\",\"b\":\"1\"}", arena);
    Value two = value_of("{\"a\":\"y\",\"b\":\"2\"}", arena);
    Draft open = draft_of(two, arena);
    draft_set(&open, "b", value_unknown(&TYPE_STRING));
    draft_set(&open, "a", value_from_cstr("kept"));
    Value planned = list_of(one, draft_value(&open), arena);
    Value actual = list_of(two, two, arena);
    Value filled = items_fill(planned, actual, arena);
    assert_true(value_is_wholly_known(filled));
    check_str(draft_text(value_at(filled, 0), "a", STR_EMPTY), "x");
    check_str(draft_text(value_at(filled, 1), "a", STR_EMPTY), "kept");
    check_str(draft_text(value_at(filled, 1), "b", STR_EMPTY), "2");
    Value unknown = value_unknown(planned.type);
    assert_true(value_equal(items_fill(unknown, actual, arena), actual));
}

static void test_differ(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Value one = value_of("{\"a\":\"x\",\"b\":\"1\"}", arena);
    Value two = value_of("{\"a\":\"x\",\"b\":\"2\"}", arena);
    assert_false(items_differ(one, two, "a"));
    assert_true(items_differ(one, two, "b"));
    Draft open = draft_of(two, arena);
    draft_set(&open, "a", value_unknown(&TYPE_STRING));
    assert_true(items_differ(one, draft_value(&open), "a"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
