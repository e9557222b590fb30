/* Views, search, numbers, suggestions, quoting, buffers. */
#include "str_quote.h"
#include "unit.h"

#include "utf8.h"
#include "vec.h"

#define NOWHERE SIZE_MAX

static void searching(void **) {
    static const struct {
        Str text, needle;
        size_t from, wanted;
    } cases[] = {
        {STR_CONST("abcabc"), STR_CONST("bc"), 0, 1},
        {STR_CONST("abcabc"), STR_CONST("bc"), 2, 4},
        {STR_CONST("abcabc"), STR_CONST("bc"), 5, NOWHERE},
        {STR_CONST("abc"), STR_CONST(""), 3, 3},
        {STR_CONST("abc"), STR_CONST(""), 4, NOWHERE},
        {STR_CONST(""), STR_CONST("a"), 0, NOWHERE},
        {{NULL, 0}, {NULL, 0}, 0, 0},
        {STR_CONST("a\0b"), STR_CONST("b"), 0, 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(str_find(cases[i].text, cases[i].needle, cases[i].from), cases[i].wanted);
    }
    assert_int_equal(str_find_char(STR("a.b.c"), '.', 2), 3);
    assert_int_equal(str_find_char(STR("a.b.c"), '.', 9), NOWHERE);
    assert_int_equal(str_rfind_char(STR("a.b.c"), '.'), 3);
    assert_int_equal(str_rfind_char(STR_EMPTY, '.'), NOWHERE);
}

static void comparing(void **) {
    Str zero = {0};
    assert_true(str_equal(zero, STR_EMPTY));
    assert_true(str_equal_cstr(STR("ab"), "ab"));
    assert_false(str_equal(STR("ab"), STR("abc")));
    assert_true(str_compare(STR("a"), STR("ab")) < 0);
    assert_true(str_compare(STR("b"), STR("ab")) > 0);
    assert_true(str_compare(STR("\xc3\xa4"), STR("z")) > 0);
    assert_int_equal(str_compare(zero, STR_EMPTY), 0);
    assert_true(str_starts_with(STR("abc"), STR("ab")));
    assert_false(str_starts_with(STR("a"), STR("ab")));
    assert_true(str_ends_with(STR("abc"), STR("bc")));
    assert_true(str_ends_with(STR("abc"), STR_EMPTY));
    assert_true(str_hash(STR("a")) != str_hash(STR("b")));
    assert_true(str_hash(STR("a")) != str_hash(STR("a\0")));
    assert_true(str_hash(STR("abcdefgh")) != str_hash(STR("abcdefgi")));
    assert_true(str_hash(zero) == str_hash(STR_EMPTY));
}

static void cutting(void **) {
    check_str(str_slice(STR("hello"), 1, 3), "el");
    check_str(str_slice(STR("hello"), 3, 99), "lo");
    check_str(str_slice(STR("hello"), 4, 2), "");
    check_str(str_after(STR("hello"), 3), "lo");
    check_str(str_trim(STR(" \t x y\r\n")), "x y");
    check_str(str_trim(STR("  ")), "");
    check_str(str_from_cstr(NULL), "");
    Str text = STR("abc");
    check_str(str_from_range(text.ptr + 1, text.ptr + 3), "bc");
}

static void sorting(void **) {
    static const struct {
        Str items[3];
        size_t count;
        bool is_sorted;
        const char *wanted;
    } cases[] = {
        {{{NULL, 0}}, 0, true, ""},
        {{STR_CONST("b")}, 1, true, "b"},
        {{STR_CONST("a"), STR_CONST("ab"), STR_CONST("b")}, 3, true, "a,ab,b"},
        {{STR_CONST("b"), STR_CONST("ab"), STR_CONST("a")}, 3, false, "a,ab,b"},
        {{STR_CONST("a"), STR_CONST("a"), STR_CONST("b")}, 3, false, "a,a,b"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str items[3];
        memcpy(items, cases[i].items, sizeof items);
        assert_int_equal(str_is_strictly_sorted(items, cases[i].count), cases[i].is_sorted);
        str_sort(items, cases[i].count);
        check_str(str_join(items, cases[i].count, STR(","), arena), cases[i].wanted);
    }
    str_sort(NULL, 0);
    assert_true(str_is_among(STR("ab"), cases[2].items, 3));
    assert_false(str_is_among(STR("ab"), cases[2].items, 1));
    assert_false(str_is_among(STR("ab"), NULL, 0));
}

static void fields(void **) {
    static const struct {
        const char *text, *fields;
    } cases[] = {
        {"a,b,c", "<a><b><c>"}, {"a,,c", "<a><><c>"}, {"a,", "<a><>"}, {",", "<><>"}, {"", "<>"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrBuf buf = strbuf_new(arena);
        Str rest = str_from_cstr(cases[i].text);
        Str field;
        while (str_next_field(&rest, ',', &field)) {
            strbuf_add_format(&buf, "<%.*s>", STR_ARG(field));
        }
        check_str(strbuf_str(&buf), cases[i].fields);
    }
}

static void numbers(void **) {
    static const struct {
        const char *text;
        bool is_int, is_uint;
        int64_t wanted;
    } cases[] = {
        {"0", true, true, 0},
        {"42", true, true, 42},
        {"-42", true, false, -42},
        {"9223372036854775807", true, true, INT64_MAX},
        {"9223372036854775808", false, true, 0},
        {"-9223372036854775808", true, false, INT64_MIN},
        {"-9223372036854775809", false, false, 0},
        {"18446744073709551615", false, true, 0},
        {"18446744073709551616", false, false, 0},
        {"", false, false, 0},
        {"-", false, false, 0},
        {"+1", false, false, 0},
        {" 1", false, false, 0},
        {"1x", false, false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t number = 0;
        uint64_t natural = 0;
        Str text = str_from_cstr(cases[i].text);
        assert_int_equal(str_to_int64(text, &number), cases[i].is_int);
        assert_int_equal(str_to_uint64(text, &natural), cases[i].is_uint);
        assert_true(number == cases[i].wanted);
    }
}

static void digits(void **) {
    static const struct {
        Str text;
        bool is_octal;
        uint32_t octal;
        size_t decimal;
    } cases[] = {
        {STR_CONST("0644"), true, 0644, 4},       {STR_CONST("7777777777"), true, 0x3fffffff, 10},
        {STR_CONST("00000000000"), false, 0, 11}, {STR_CONST("648"), false, 0, 3},
        {STR_CONST("64a"), false, 0, 2},          {STR_CONST(""), false, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint32_t octal = 0;
        assert_int_equal(str_octal_to_uint32(cases[i].text, &octal), cases[i].is_octal);
        assert_int_equal(octal, cases[i].octal);
        assert_int_equal(str_skip_digits(cases[i].text, 0), cases[i].decimal);
    }
    assert_int_equal(str_skip_digits(STR("a12b"), 1), 3);
}

static void distances(void **) {
    static const struct {
        const char *a, *b;
        size_t limit, wanted;
    } cases[] = {
        {"kitten", "sitting", 9, 3},
        {"kitten", "sitting", 2, 2},
        {"count", "cuont", 9, 1},
        {"", "abc", 9, 3},
        {"", "", 9, 0},
        {"a", "a", 0, 0},
        {"abcdef", "uvwxyz", 4, 4},
        {"xabcd", "abcdx", 9, 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str a = str_from_cstr(cases[i].a);
        Str b = str_from_cstr(cases[i].b);
        assert_int_equal(str_distance(a, b, cases[i].limit), cases[i].wanted);
        assert_int_equal(str_distance(b, a, cases[i].limit), cases[i].wanted);
    }
}

static void suggestions(void **) {
    static const Str names[] = {STR_CONST("name"), STR_CONST("memory"),
                                STR_CONST("network_interface"), STR_CONST("vcpu")};
    static const struct {
        const char *word, *wanted;
    } cases[] = {
        {"nmae", "name"},
        {"names", "name"},
        {"memry", "memory"},
        {"network_interfces", "network_interface"},
        {"disk", ""},
        {"x", ""},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str word = str_from_cstr(cases[i].word);
        check_str(str_suggest(word, names, ARRAY_COUNT(names)), cases[i].wanted);
    }
}

static void questions(void **) {
    static const Str names[] = {STR_CONST("name"), STR_CONST("memory")};
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(str_did_you_mean(STR("nmae"), names, 2, arena), " Did you mean \"name\"?");
    check_str(str_did_you_mean(STR("disk"), names, 2, arena), "");
    check_str(str_did_you_mean(STR("nmae"), NULL, 0, arena), "");
}

static void quoting(void **) {
    static const struct {
        Str text;
        const char *wanted;
    } cases[] = {
        {STR_CONST("plain"), "\"plain\""},
        {STR_CONST("a\"b\\c"), "\"a\\\"b\\\\c\""},
        {STR_CONST("a\nb\rc\td"), "\"a\\nb\\rc\\td\""},
        {STR_CONST("${x} %{y}"), "\"$${x} %%{y}\""},
        {STR_CONST("$x 5% $$"), "\"$x 5% $$\""},
        {STR_CONST("\0\x1b\xc2\x9b"), "\"\\u0000\\u001b\\u009b\""},
        {STR_CONST("\xc3\xa4"), "\"\xc3\xa4\""},
        {STR_CONST(""), "\"\""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(str_quote(cases[i].text, arena), cases[i].wanted);
    }
}

static void building(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str parts[] = {STR("a"), STR(""), STR("c")};
    check_str(str_join(parts, 3, STR(", "), arena), "a, , c");
    check_str(str_join(NULL, 0, STR(","), arena), "");
    check_str(str_concat(STR("ab"), STR("cd"), arena), "abcd");
    check_str(str_format(arena, "%d-%.*s", 7, STR_ARG(parts[2])), "7-c");
    check_str(str_clone((Str){0}, arena), "");
    assert_string_equal(str_to_cstr(STR("xy"), arena), "xy");
    StrBuf buf = strbuf_new(arena);
    check_str(strbuf_str(&buf), "");
    for (int i = 0; i < 1000; i++)
        strbuf_add_format(&buf, "%d,", i % 10);
    assert_int_equal(strbuf_str(&buf).len, 2000);
    buf = strbuf_new(arena);
    utf8_add(&buf, 0xe4);
    utf8_add(&buf, 0x1f600);
    utf8_add(&buf, 0xd800);
    strbuf_add_repeat(&buf, '=', 3);
    check_str(strbuf_str(&buf), "\xc3\xa4\xf0\x9f\x98\x80\xef\xbf\xbd===");
}

static void vectors(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    VEC(int) numbers = {0};
    vec_each(&numbers, number)
        fail();
    for (int i = 0; i < 100; i++)
        vec_push(arena, &numbers, i);
    *vec_add(arena, &numbers) += 5;
    int sum = 0;
    vec_each(&numbers, number)
        sum += *number;
    assert_int_equal(sum, 4955);
    assert_int_equal(vec_pop(&numbers), 5);
    assert_int_equal(vec_last(&numbers), 99);
    vec_clear(&numbers);
    assert_int_equal(numbers.count, 0);
}

static void characters(void **) {
    assert_true(str_has_only(STR_EMPTY, ""));
    assert_true(str_has_only(STR("aZ09-."), "-."));
    assert_false(str_has_only(STR("a_b"), "-."));
    assert_false(str_has_only((Str){"a\0", 2}, "-."));
    assert_false(str_has_only(STR("\xe4"), "-."));
}

static void dns_labels(void **) {
    static const char *const good[] = {"a", "0", "a-b", "a--b9"};
    static const char *const bad[] = {"", "-", "-a", "a-", "A", "a.b", "a_b", "a b", "\xe4"};
    char text[STR_DNS_LABEL_MAX + 1];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        assert_true(str_is_dns_label(str_from_cstr(good[i])));
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(str_is_dns_label(str_from_cstr(bad[i])));
    assert_true(str_is_dns_label((Str){text, STR_DNS_LABEL_MAX}));
    assert_false(str_is_dns_label((Str){text, STR_DNS_LABEL_MAX + 1}));
}

UNIT_MAIN(test_str) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters), cmocka_unit_test(dns_labels),  cmocka_unit_test(searching),
        cmocka_unit_test(comparing),  cmocka_unit_test(cutting),     cmocka_unit_test(sorting),
        cmocka_unit_test(fields),     cmocka_unit_test(numbers),     cmocka_unit_test(digits),
        cmocka_unit_test(distances),  cmocka_unit_test(suggestions), cmocka_unit_test(questions),
        cmocka_unit_test(quoting),    cmocka_unit_test(building),    cmocka_unit_test(vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
