#include "arena_case.h"

#include "value.h"

/* Items in the test's arena, as the constructors need them. */
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

static Value secret(const char *s) {
    return value_with_marks(text(s), MARK_SENSITIVE);
}

static Value big(const char *digits) {
    const Number *number = NULL;
    assert_true(number_from_text(str_from_cstr(digits), &number, arena));
    return value_from_number(number);
}

static void check_flags(Value v, unsigned wanted) {
    assert_int_equal(v.flags, wanted);
}

static void flags_follow_from_items(void **) {
    Value unknown = value_unknown(&TYPE_STRING);
    Value secrets = value_tuple(ITEMS(secret("a")), 1, arena);
    check_flags(text("x"), 0);
    check_flags(value_null(&TYPE_STRING), 0);
    check_flags(unknown, FLAG_UNKNOWN_INSIDE);
    check_flags(secret("x"), FLAG_MARKS_INSIDE);
    check_flags(value_list(&TYPE_STRING, ITEMS(text("a"), unknown), 2, arena), FLAG_UNKNOWN_INSIDE);
    check_flags(value_tuple(ITEMS(secret("a"), unknown), 2, arena),
                FLAG_UNKNOWN_INSIDE | FLAG_MARKS_INSIDE);
    check_flags(value_tuple(ITEMS(secrets), 1, arena), FLAG_MARKS_INSIDE);
    check_flags(big("0.5"), FLAG_BIG);
    check_flags(value_list(&TYPE_NUMBER, ITEMS(big("0.5")), 1, arena), 0);
}

static void strings_are_normalised(void **) {
    static const struct {
        const char *given, *wanted;
    } cases[] = {
        {"plain", "plain"},
        {"e\xcc\x81", "\xc3\xa9"},
        {"a\xff"
         "b",
         "a\xef\xbf\xbd"
         "b"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value made = value_string(str_from_cstr(cases[i].given), arena);
        check_str(value_text(made), cases[i].wanted);
    }
}

static void numbers_are_inline_where_they_fit(void **) {
    static const struct {
        const char *text;
        bool is_inline;
    } cases[] = {
        {"0", true},
        {"-0", false},
        {"9223372036854775807", true},
        {"-9223372036854775808", true},
        {"9223372036854775808", false},
        {"1.5", false},
        {"1e3", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value v = big(cases[i].text);
        assert_int_equal(!(v.flags & FLAG_BIG), cases[i].is_inline);
        assert_int_equal(v.count, 512);
    }
    int64_t integer = 0;
    assert_true(value_to_int(big("1e3"), &integer));
    assert_int_equal(integer, 1000);
    assert_false(value_to_int(big("1.5"), &integer));
    check_str(value_number_text(value_int(INT64_MIN), arena), "-9223372036854775808");
    check_str(value_number_text(big("0.125"), arena), "0.125");
    assert_int_equal(number_precision(value_to_number(value_int_of(3, 64), arena)), 64);
}

static void sets_are_canonical(void **) {
    Value set = value_set(&TYPE_STRING,
                          ITEMS(text("b"), value_null(&TYPE_STRING), text("a"), text("b"),
                                value_null(&TYPE_STRING), text("aa")),
                          6, arena);
    check_str(value_display(set, 0, arena), "[\"a\", \"aa\", \"b\", null]");
    Value numbers = value_set(
        &TYPE_NUMBER, ITEMS(value_int(10), big("9.5"), value_int(-1), big("9.50")), 4, arena);
    check_str(value_display(numbers, 0, arena), "[-1, 9.5, 10]");
    Value bools = value_set(&TYPE_BOOL, ITEMS(value_bool(true), value_bool(false)), 2, arena);
    check_str(value_display(bools, 0, arena), "[false, true]");
}

static void sets_keep_what_may_differ(void **) {
    Value unknown = value_unknown(&TYPE_STRING);
    Value set = value_set(&TYPE_STRING, ITEMS(unknown, text("a"), unknown, text("a")), 4, arena);
    assert_int_equal(set.count, 3);
    assert_false(value_is_wholly_known(set));
    assert_true(value_is_present(value_at(set, 0)));
}

static void marks_in_a_set_move_to_it(void **) {
    Value inner = value_tuple(ITEMS(secret("x")), 1, arena);
    Value plain = value_tuple(ITEMS(text("x")), 1, arena);
    Value set = value_set(plain.type, ITEMS(inner, plain), 2, arena);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.marks, MARK_SENSITIVE);
    assert_false(value_has_marks_anywhere(value_at(set, 0)));
}

static void big_sets_are_quick(void **) {
    enum { COUNT = 200000 };
    Value *items = arena_new_array(arena, Value, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        items[i] = value_int((int64_t)((i * 7919) % 100003));
    assert_int_equal(value_set(&TYPE_NUMBER, items, COUNT, arena).count, 100003);
}

static void maps_are_sorted_and_the_last_wins(void **) {
    Str keys[] = {STR("b"), STR("a"), STR("b"), STR("")};
    Value map =
        value_map(&TYPE_STRING, keys, ITEMS(text("1"), text("2"), text("3"), text("4")), 4, arena);
    check_str(value_display(map, 0, arena), "{\"\" = \"4\", \"a\" = \"2\", \"b\" = \"3\"}");
    Value found;
    assert_true(value_find(map, STR("a"), &found));
    check_str(value_text(found), "2");
    assert_false(value_find(map, STR("c"), &found));
    check_str(value_key_at(map, 2), "b");
}

static void objects_get_their_type_from_items(void **) {
    Str names[] = {STR("z"), STR("a")};
    Value object = value_object(names, ITEMS(value_int(1), text("x")), 2, arena);
    check_str(type_to_constraint(object.type, arena), "object({a=string, z=number})");
    check_str(value_text(value_attribute(object, STR("a"))), "x");
    Value found;
    assert_false(value_find(object, STR("b"), &found));
    assert_false(value_find(value_null(object.type), STR("a"), &found));
    assert_ptr_equal(value_object(NULL, NULL, 0, arena).type, &TYPE_EMPTY_OBJECT);
}

/* Members of a decoded document: existing, present, a string, a tuple. */
static void members_of_documents(void **) {
    static const struct {
        const char *name;
        bool is_there, is_present, is_text, is_tuple;
    } cases[] = {
        {"text", true, true, true, false},      {"null", true, false, false, false},
        {"unknown", true, false, false, false}, {"number", true, true, false, false},
        {"array", true, true, false, true},     {"nothing", false, false, false, false},
    };
    Str names[] = {STR("text"), STR("null"), STR("unknown"), STR("number"), STR("array")};
    Value object =
        value_object(names,
                     ITEMS(text("t"), value_null(&TYPE_STRING), value_unknown(&TYPE_STRING),
                           value_int(1), value_tuple(NULL, 0, arena)),
                     5, arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str name = str_from_cstr(cases[i].name);
        Value found = text("before"), tuple = text("before");
        Str said = STR("before");
        assert_int_equal(value_find(object, name, &found), cases[i].is_there);
        found = text("before");
        assert_int_equal(value_find_present(object, name, &found), cases[i].is_present);
        assert_int_equal(str_equal(value_display(found, 0, arena), STR("\"before\"")),
                         !cases[i].is_present);
        assert_int_equal(value_find_text(object, name, &said), cases[i].is_text);
        check_str(said, cases[i].is_text ? "t" : "before");
        check_str(value_text_at(object, name), cases[i].is_text ? "t" : "");
        int64_t number = 7;
        bool is_number = str_equal(name, STR("number"));
        assert_int_equal(value_find_int(object, name, &number), is_number);
        assert_int_equal(number, is_number ? 1 : 7);
        assert_int_equal(value_tuple_at(object, name).type->kind, KIND_TUPLE);
        assert_int_equal(value_tuple_at(object, name).count, 0);
        assert_int_equal(value_find_tuple(object, name, &tuple), cases[i].is_tuple);
        assert_int_equal(tuple.type->kind, cases[i].is_tuple ? KIND_TUPLE : KIND_STRING);
    }
    const Value others[] = {text("text"), value_null(object.type), value_unknown(object.type),
                            value_tuple(NULL, 0, arena)};
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        Str said;
        assert_false(value_find_text(others[i], STR("text"), &said));
        assert_int_equal(value_texts_of(others[i], arena).count, 0);
    }
    Value mixed =
        value_tuple(ITEMS(text("a"), value_int(1), value_null(&TYPE_STRING), text("b")), 4, arena);
    StrVec texts = value_texts_of(mixed, arena);
    assert_int_equal(texts.count, 2);
    check_str(texts.items[1], "b");
    check_str(value_key_at(value_unknown(object.type), 1), "null");
}

static void numbers_are_read_from_text(void **) {
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"12", "12"}, {"-3", "-3"}, {"0.50", "0.5"}, {"1e20", "100000000000000000000"},
        {"", NULL},   {"x", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value number;
        bool fine = value_from_number_text(str_from_cstr(cases[i].text), &number, arena);
        assert_int_equal(fine, cases[i].wanted != NULL);
        if (fine)
            check_str(value_number_text(number, arena), cases[i].wanted);
    }
}

static void copied_items_may_be_changed(void **) {
    Value list = value_list(&TYPE_STRING, ITEMS(text("a"), text("b")), 2, arena);
    Value *items = value_copy_items(list, arena);
    items[1] = text("c");
    check_str(value_text(value_at(list, 1)), "b");
    check_str(value_text(value_at(value_with_items(list, items, arena), 1)), "c");
}

static void other_items_bring_their_types(void **) {
    Str names[] = {STR("a"), STR("b")};
    Value object = value_with_marks(value_object(names, ITEMS(value_int(1), text("x")), 2, arena),
                                    MARK_EPHEMERAL);
    Value changed = value_with_items(object, ITEMS(text("y"), secret("x")), arena);
    check_str(type_to_constraint(changed.type, arena), "object({a=string, b=string})");
    assert_int_equal(changed.marks, MARK_EPHEMERAL);
    assert_true(value_has_mark(value_at(changed, 1), MARK_SENSITIVE));
    Value set = value_set(&TYPE_NUMBER, ITEMS(value_int(1), value_int(2)), 2, arena);
    Value merged = value_with_items(set, ITEMS(text("s"), secret("s")), arena);
    assert_ptr_equal(merged.type, &TYPE_SET_OF_STRING);
    assert_int_equal(merged.count, 1);
    assert_int_equal(merged.marks, MARK_SENSITIVE);
    Value list = value_list(&TYPE_STRING, ITEMS(text("a"), text("b")), 2, arena);
    Value nulls = value_with_items(list, ITEMS(value_null(&TYPE_DYNAMIC), value_int(1)), arena);
    assert_ptr_equal(nulls.type->element, &TYPE_NUMBER);
}

static void elements_are_counted_up_to_a_limit(void **) {
    Value list = value_list(&TYPE_STRING, ITEMS(text("a"), text("b")), 2, arena);
    Value nested = value_tuple(ITEMS(list, list, value_unknown(list.type)), 3, arena);
    assert_int_equal(value_element_count(nested, 100), 8);
    assert_true(value_element_count(nested, 3) > 3);
    assert_true(value_element_count(nested, 3) < 8);
}

/* A value that is shared in memory counts as often as it occurs. */
static void test_fits(void **) {
    Value text = value_from_cstr("four");
    Value *pair = arena_new_array(arena, Value, 2);
    Value *pairs = arena_new_array(arena, Value, 2);
    pair[0] = pair[1] = text;
    pairs[0] = pairs[1] = value_tuple(pair, 2, arena);
    Value nested = value_tuple(pairs, 2, arena);
    int64_t elements = 7;
    int64_t bytes = 16;
    assert_true(value_fits(nested, &elements, &bytes));
    assert_int_equal(elements, 0);
    assert_int_equal(bytes, 0);
    elements = 6;
    bytes = 16;
    assert_false(value_fits(nested, &elements, &bytes));
    elements = 7;
    bytes = 15;
    assert_false(value_fits(nested, &elements, &bytes));
}

/* Each element counts, also the whole, and the bytes of each text; null and unknown have none. */
static void sizes(void **) {
    Value numbers[] = {value_int(1), value_int(2), value_int(3)};
    Value texts[] = {value_from_cstr("ab"), value_from_cstr("c")};
    Value bools[] = {value_bool(false), value_bool(true)};
    const struct {
        Value value;
        int64_t elements, bytes;
    } cases[] = {
        {value_int(1), 1, 0},
        {value_from_cstr("abc"), 1, 3},
        {value_null(&TYPE_STRING), 1, 0},
        {value_unknown(&TYPE_LIST_OF_STRING), 1, 0},
        {value_list(&TYPE_NUMBER, numbers, 3, arena), 4, 0},
        {value_set(&TYPE_BOOL, bools, 2, arena), 3, 0},
        {value_list(&TYPE_STRING, texts, 2, arena), 3, 3},
        {value_tuple(numbers, 3, arena), 4, 0},
        {value_tuple(texts, 2, arena), 3, 3},
        {value_list(&TYPE_STRING, NULL, 0, arena), 1, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        for (int64_t less = 0; less < 2; less++) {
            int64_t elements = cases[i].elements - less, bytes = cases[i].bytes;
            assert_int_equal(value_fits(cases[i].value, &elements, &bytes), !less);
            elements = cases[i].elements;
            bytes = cases[i].bytes - less;
            if (cases[i].bytes > 0)
                assert_int_equal(value_fits(cases[i].value, &elements, &bytes), !less);
        }
        assert_int_equal(value_element_count(cases[i].value, 100), cases[i].elements);
    }
    assert_true(value_element_count(cases[4].value, 2) > 2);
}

/* Numbers with 53 bits are written exactly up to 2^53. */
static void number_texts(void **) {
    static const struct {
        int64_t number;
        uint32_t precision;
        const char *text;
    } cases[] = {
        {INT64_C(9007199254740992), 53, "9007199254740992"},
        {-INT64_C(9007199254740992), 53, "-9007199254740992"},
        {INT64_C(9007199254740991), 53, "9007199254740991"},
        {INT64_C(9223372036854775807), 512, "9223372036854775807"},
        {INT64_C(9223372036854775807), 64, "9223372036854775807"},
        {0, 53, "0"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(value_number_text(value_int_of(cases[i].number, cases[i].precision), arena),
                  cases[i].text);
}

UNIT_MAIN(test_value) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(number_texts),
        cmocka_unit_test(test_fits),
        cmocka_unit_test(flags_follow_from_items),
        cmocka_unit_test(strings_are_normalised),
        cmocka_unit_test(numbers_are_inline_where_they_fit),
        cmocka_unit_test(sets_are_canonical),
        cmocka_unit_test(sets_keep_what_may_differ),
        cmocka_unit_test(marks_in_a_set_move_to_it),
        cmocka_unit_test(big_sets_are_quick),
        cmocka_unit_test(maps_are_sorted_and_the_last_wins),
        cmocka_unit_test(objects_get_their_type_from_items),
        cmocka_unit_test(members_of_documents),
        cmocka_unit_test(numbers_are_read_from_text),
        cmocka_unit_test(copied_items_may_be_changed),
        cmocka_unit_test(other_items_bring_their_types),
        cmocka_unit_test(elements_are_counted_up_to_a_limit),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
