#include "arena_case.h"

#include "value.h"

static Value object_of(const char *name, Value value) {
    Str *names = arena_new(arena, Str);
    Value *items = arena_new(arena, Value);
    *names = str_from_cstr(name);
    *items = value;
    return value_object(names, items, 1, arena);
}

static Value list_of(const char *first, const char *second) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_from_cstr(first);
    items[1] = value_from_cstr(second);
    return value_list(&TYPE_STRING, items, 2, arena);
}

static void check_shown(Value v, const char *wanted) {
    check_str(value_display(v, 0, arena), wanted);
}

static void texts(void **) {
    check_shown(value_bool(true), "true");
    check_shown(value_int(-3), "-3");
    check_shown(value_null(&TYPE_STRING), "null");
    check_shown(value_unknown(&TYPE_STRING), "(known after apply)");
    check_shown(list_of("a\n", "b"), "[\"a\\n\", \"b\"]");
    check_shown(object_of("a", value_int(1)), "{a = 1}");
    check_shown(value_tuple(NULL, 0, arena), "[]");
    check_shown(value_object(NULL, NULL, 0, arena), "{}");
}

static void secrets_are_masked(void **) {
    Value secret = value_with_marks(value_from_cstr("hunter2"), MARK_SENSITIVE);
    Value unknown = value_unknown(&TYPE_STRING), null = value_null(&TYPE_STRING);
    check_shown(secret, "(sensitive value)");
    check_shown(value_with_marks(unknown, MARK_SENSITIVE), "(sensitive value)");
    check_shown(value_with_marks(null, MARK_SENSITIVE), "(sensitive value)");
    check_shown(value_with_marks(value_int(1), MARK_EPHEMERAL), "(ephemeral value)");
    check_shown(value_with_marks(value_int(1), MARK_DEPRECATED), "1");
    check_shown(object_of("password", secret), "{password = (sensitive value)}");
    check_shown(value_with_marks(object_of("a", value_int(1)), MARK_SENSITIVE),
                "(sensitive value)");
}

static void long_texts_are_cut(void **) {
    check_str(value_display(list_of("a", "b"), 10, arena), "[\"a\", \"b\"]");
    check_str(value_display(list_of("a", "b"), 9, arena), "[\"a\", \"b\"\xe2\x80\xa6");
    Value umlauts = value_from_cstr("\xc3\xa4\xc3\xa4\xc3\xa4");
    check_str(value_display(umlauts, 4, arena), "\"\xc3\xa4\xe2\x80\xa6");
}

/* A long text must not hide the attributes after it. */
static void a_summary_cuts_each_text(void **) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_repeat(&buf, 'x', 5000);
    Str names[] = {STR("a"), STR("b"), STR("c")};
    Value items[] = {value_from_str(strbuf_str(&buf)), value_int(2),
                     value_with_marks(value_from_str(strbuf_str(&buf)), MARK_SENSITIVE)};
    Str shown = value_summary(value_object(names, items, ARRAY_COUNT(items), arena), arena);
    Str wanted = str_format(arena, "{a = \"%.160s\"…(5000 bytes), b = 2, c = (sensitive value)}",
                            str_to_cstr(strbuf_str(&buf), arena));
    check_str_equal(shown, wanted);
    enum { COUNT = 1000 };
    Value *numbers = arena_new_array(arena, Value, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        numbers[i] = value_int((int64_t)i);
    Value many = value_tuple(numbers, COUNT, arena);
    assert_in_range(value_summary(many, arena).len, 2000, 2003);
}

static void long_values_cost_no_more_than_they_show(void **) {
    enum { LENGTH = 10000000 };
    char *bytes = arena_alloc(arena, LENGTH);
    memset(bytes, 'x', LENGTH);
    Value v = object_of("a", value_from_str((Str){bytes, LENGTH}));
    size_t before = arena_used(arena);
    Str shown = value_display(v, 50, arena);
    assert_true(shown.len <= 50 + 3);
    assert_true(arena_used(arena) - before < 10000);
}

UNIT_MAIN(test_value_display) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(a_summary_cuts_each_text),
        cmocka_unit_test(long_values_cost_no_more_than_they_show),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
