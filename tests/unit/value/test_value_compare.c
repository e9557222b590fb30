#include "arena_case.h"

#include "value.h"

static Value *items_of(const Value *items, size_t count) {
    Value *copy = arena_new_array(arena, Value, count);
    memcpy(copy, items, count * sizeof(*copy));
    return copy;
}

#define ITEMS(...)                                                                                 \
    items_of((const Value[]){__VA_ARGS__}, ARRAY_COUNT(((const Value[]){__VA_ARGS__})))

static Value text(const char *s) {
    return value_from_cstr(s);
}

static Value big(const char *digits) {
    const Number *number = NULL;
    assert_true(number_from_text(str_from_cstr(digits), &number, arena));
    return value_from_number(number);
}

static Value list_of(Value first, Value second) {
    return value_list(first.type, ITEMS(first, second), 2, arena);
}

static Value object_of(const char *name, Value value) {
    Str *names = arena_new(arena, Str);
    *names = str_from_cstr(name);
    return value_object(names, ITEMS(value), 1, arena);
}

static Value map_of(const char *key, Value value) {
    Str *keys = arena_new(arena, Str);
    *keys = str_from_cstr(key);
    return value_map(value.type, keys, ITEMS(value), 1, arena);
}

/* Values of one type in ascending order. */
static void check_ascending(const Value *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            int order = value_compare(values[i], values[k]);
            assert_int_equal((order > 0) - (order < 0), i < k ? -1 : i > k);
            assert_int_equal(value_equal(values[i], values[k]), i == k);
        }
    }
}

#define CHECK_ASCENDING(...)                                                                       \
    check_ascending((const Value[]){__VA_ARGS__}, ARRAY_COUNT(((const Value[]){__VA_ARGS__})))

static void order_is_total(void **) {
    Value a = text("a"), b = text("b"), c = text("c"), null = value_null(&TYPE_STRING);
    Value unknown = value_unknown(&TYPE_STRING);
    CHECK_ASCENDING(value_bool(false), value_bool(true), value_null(&TYPE_BOOL));
    CHECK_ASCENDING(big("-1e30"), value_int(-2), big("-1.5"), value_int(7), big("1e30"));
    CHECK_ASCENDING(text(""), a, text("ab"), unknown, null);
    /* The two zeros have an order, and the same one to all others. */
    const Value zeros[] = {big("-0.0"), value_int(0), big("-0.0")};
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) {
            int order = value_compare(zeros[i], zeros[k]);
            assert_int_equal((order > 0) - (order < 0), (int)(i == 1) - (int)(k == 1));
        }
        assert_true(value_compare(value_int(-1), zeros[i]) < 0);
        assert_true(value_compare(zeros[i], value_int(1)) < 0);
    }
    CHECK_ASCENDING(list_of(a, b), list_of(a, c), list_of(b, a), list_of(b, null));
    CHECK_ASCENDING(map_of("a", a), map_of("a", b), map_of("b", a));
}

/* Equal values are also identical unless their marks differ. */
static void check_equal(Value a, Value b) {
    assert_true(value_equal(a, b));
    assert_true(value_hash(a) == value_hash(b));
    assert_int_equal(value_identical(a, b), value_marks_deep(a) == value_marks_deep(b));
}

static void check_different(Value a, Value b) {
    assert_false(value_equal(a, b));
    assert_false(value_identical(a, b));
}

static void equality(void **) {
    Value a = text("a"), marked = value_with_marks(a, MARK_SENSITIVE);
    Value unknown = value_unknown(&TYPE_STRING), null = value_null(&TYPE_STRING);
    check_equal(a, marked);
    check_equal(list_of(a, marked), list_of(a, a));
    check_equal(unknown, unknown);
    check_equal(value_int(1), value_int_of(1, 64));
    check_equal(big("0.50"), big("0.5"));
    check_equal(object_of("a", a), object_of("a", a));
    check_equal(map_of("a", a), map_of("a", a));
    check_different(unknown, value_unknown(&TYPE_BOOL));
    check_different(unknown, null);
    check_different(null, value_null(&TYPE_DYNAMIC));
    check_different(value_int(1), text("1"));
    check_different(object_of("a", a), object_of("b", a));
    check_different(object_of("a", a), map_of("a", a));
    check_different(map_of("a", a), map_of("b", a));
}

static void dynamic_places_compare_by_their_own_type(void **) {
    const Str names[] = {STR("a")};
    const Type *types[] = {&TYPE_DYNAMIC};
    const Type *open = type_object(names, types, NULL, 1, arena);
    Value number = value_object_of(open, ITEMS(value_int(1)));
    Value string = value_object_of(open, ITEMS(text("1")));
    Value empty_list = value_object_of(open, ITEMS(value_list(&TYPE_BOOL, NULL, 0, arena)));
    Value other_list = value_object_of(open, ITEMS(value_list(&TYPE_STRING, NULL, 0, arena)));
    assert_false(value_equal(number, string));
    assert_false(value_equal(empty_list, other_list));
    assert_true(value_equal(number, number));
}

static void hashes_differ(void **) {
    Value a = text("a"), b = text("b");
    const Value values[] = {
        text(""),           a,          value_int(0),  value_int(1),  value_bool(true),
        value_null(a.type), big("0.5"), list_of(a, b), list_of(b, a), value_unknown(a.type),
    };
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_true(value_hash(values[i]) != value_hash(values[k]));
        }
    }
}

/* Values of different kinds are ordered by their kinds, in both directions. */
static void kinds_are_ordered(void **) {
    const Value values[] = {value_bool(true), value_int(-1), value_from_cstr("")};
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        for (size_t k = 0; k < ARRAY_COUNT(values); k++) {
            int order = value_compare(values[i], values[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

UNIT_MAIN(test_value_compare) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_ordered),
        cmocka_unit_test(order_is_total),
        cmocka_unit_test(equality),
        cmocka_unit_test(dynamic_places_compare_by_their_own_type),
        cmocka_unit_test(hashes_differ),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
