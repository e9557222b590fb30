#include "arena_case.h"

#include "number.h"

#include <math.h>

/* The bytes have no end, so that the sanitizer sees a read behind them. */
static bool reads(const char *text, const Number **out) {
    size_t size = strlen(text);
    char *bytes = malloc(size + 1); /* an empty text has an address too */
    memcpy(bytes + 1, text, size);
    bool ok = number_from_text((Str){bytes + 1, size}, out, arena);
    free(bytes);
    return ok;
}

static const Number *read(const char *text) {
    const Number *number = NULL;
    if (!reads(text, &number))
        fail_msg("no number: %s", text);
    return number;
}

static void texts_are_read_and_written(void **) {
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"0", "0"},
        {"-0.0", "-0"},
        {"010", "10"},
        {"+5", "5"},
        {"1E3", "1000"},
        {"0.1", "0.1"},
        {"-1.50", "-1.5"},
        {".5", "0.5"},
        {"5.", "5"},
        {"1e-7", "0.0000001"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"1234567890.0987654321", "1234567890.0987654321"},
        {"99999999999999999999.5", "99999999999999999999.5"},
        {"1e25", "10000000000000000000000000"},
        {"9.5e0001", "95"},
        {"5e0", "5"},
        {"5e00", "5"},
        {"5e-0", "5"},
        {"5e0000000000001", "50"},
        {"5E+1", "50"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(number_to_text(read(cases[i].text), arena), cases[i].wanted);
    }
}

static void other_texts_are_refused(void **) {
    static const char *const cases[] = {"",
                                        "a",
                                        "--1",
                                        "1,000",
                                        "0x10",
                                        "0b11",
                                        " 5",
                                        "5 ",
                                        "1_0",
                                        "NaN",
                                        "Infinity",
                                        "1e",
                                        "e5",
                                        ".",
                                        "1e1.5",
                                        "+",
                                        "1.2.3",
                                        "1e9999999",
                                        "1e-99999999",
                                        "1e-10000000",
                                        "1e10000000",
                                        "1e-99999999999999999999",
                                        "1 2",
                                        "١",
                                        "88e1000100",
                                        "1e1000100",
                                        "1e-1000100",
                                        "1e-",
                                        "1e+",
                                        "-",
                                        "1e2000001",
                                        "1e20000000000000000000",
                                        "1x5",
                                        "1.5x"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Number *number = NULL;
        if (reads(cases[i], &number))
            fail_msg("read: %s", cases[i]);
    }
}

/* At most 1,001,000 digits, and exponents of at most 2,000,000. */
static void limits_of_texts(void **) {
    static const struct {
        size_t zeros;
        const char *end;
        bool is_good;
    } rows[] = {
        {1000999, "", true},
        {1001000, "", false},
        {1000998, "1e2000000", true},
        {1000998, "1e02000000", true},
        {1000998, "1e2000001", false},
        {1000998, "1e20000000", false},
        {1000998, "1e-2000000", false},
        {1000998, "1e020000000", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) scratch = arena_open("long text");
        const Number *number;
        StrBuf text = strbuf_new(scratch);
        strbuf_add_cstr(&text, "0.");
        strbuf_add_repeat(&text, '0', rows[i].zeros);
        strbuf_add_cstr(&text, rows[i].end);
        if (number_from_text(strbuf_str(&text), &number, scratch) != rows[i].is_good)
            fail_msg("%zu zeros, %s", rows[i].zeros, rows[i].end);
    }
}

/* Every number that can be read can be written and read again; an overflow in a calculation is an
 * error. */
static void numbers_round_trip(void **) {
    static const char *const cases[] = {"1e1000000",    "-1e1000000",    "1.8e1000000",
                                        "88e1000000",   "0.001e1000003", "1e-1000000",
                                        "123e-1000000", "7e-999999",     "123456789e-1000008"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Number *again = NULL;
        const Number *number = read(cases[i]);
        assert_true(number_has_text(number));
        if (!number_from_text(number_to_text(number, arena), &again, arena))
            fail_msg("not read again: %s", cases[i]);
        assert_int_equal(number_compare(number, again), 0);
    }
    const Number *large = read("1e600000"), *small = read("1e-600000");
    assert_false(number_has_text(number_multiply(large, large, arena)));
    assert_false(number_has_text(number_multiply(small, small, arena)));
    assert_true(number_has_text(number_multiply(small, large, arena)));
    assert_false(number_has_text(number_from_double(INFINITY, arena)));
    assert_true(number_has_text(number_from_double(-0.0, arena)));
    assert_true(number_is_infinite(number_from_double(INFINITY, arena)));
    assert_true(number_is_infinite(number_from_double(-INFINITY, arena)));
    assert_false(number_is_infinite(large));
    assert_false(number_is_infinite(number_from_double(0.0, arena)));
}

static void text_has_the_fewest_digits(void **) {
    static const struct {
        double value;
        const char *wanted;
    } cases[] = {
        {0.1, "0.1"},
        {1.4142135623730951, "1.4142135623730951"},
        {0.30102999566398114, "0.30102999566398114"},
        {2.9999999999999996, "2.9999999999999996"},
        {12157665459056928801., "12157665459056929000"},
        {1e22, "10000000000000000000000"},
        {1e23, "100000000000000000000000"},
        {5e-324, NULL},
        {-0.5, "-0.5"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Number *number = number_from_double(cases[i].value, arena);
        Str text = number_to_text(number, arena);
        if (cases[i].wanted)
            check_str(text, cases[i].wanted);
        assert_true(strtod(str_to_cstr(text, arena), NULL) == cases[i].value);
    }
}

/* Beside a power of two the neighbour below is half as far away as that above; a decimal within
 * half the distance to the one above is taken on both sides. */
static void powers_of_two_have_the_fewest_digits(void **) {
    for (int power = -1022; power < 1024; power++) {
        double value = ldexp(1, power);
        const Number *exact = number_from_double(value, arena);
        const Number *reach = number_divide(number_multiply(exact, read("1"), arena),
                                            read("9007199254740992"), arena); /* 2^53 */
        char digits[64];
        for (int count = 0; count < 17; count++) {
            snprintf(digits, sizeof(digits), "%.*e", count, value);
            const Number *off = number_subtract(read(digits), exact, arena);
            if (number_compare(off, reach) <= 0 &&
                number_compare(number_negate(off, arena), reach) <= 0)
                break;
        }
        if (number_compare(read(str_to_cstr(number_to_text(exact, arena), arena)), read(digits)) !=
            0)
            fail_msg("2^%d: %s", power, digits);
    }
}

/* The numbers are those of the conformance vectors. */
static void arithmetic_rounds_as_upstream(void **) {
    const Number *third = number_divide(read("1"), read("3"), arena);
    Str text = number_to_text(third, arena);
    assert_int_equal(text.len, 2 + 155);
    assert_int_equal(number_precision(third), 512);
    const Number *short_third =
        number_divide(number_from_int(1, 64, arena), number_from_int(3, 64, arena), arena);
    check_str(number_to_text(short_third, arena), "0.33333333333333333334");
    const Number *root = number_from_double(1.4142135623730951, arena);
    check_str(number_to_text(number_add(root, read("0"), arena), arena),
              "1.4142135623730951454746218587388284504413604736328125");
    check_str(number_to_text(number_multiply(root, read("1"), arena), arena),
              "1.4142135623730951454746218587388284504413604736328125");
    check_str(number_to_text(number_divide(root, read("3"), arena), arena),
              "0.471404520791031715158207286246276150147120157877604166666666666666666666666666"
              "66666666666666666666666666666666666666666666666666666666666666666666666666665");
}

static void products_keep_what_they_need(void **) {
    const Number *max = number_from_int(INT64_MAX, 64, arena);
    const Number *square = number_multiply(max, max, arena);
    check_str(number_to_text(square, arena), "85070591730234615847396907784232501249");
    assert_int_equal(number_precision(square), 126);
    const Number *six =
        number_multiply(number_from_int(2, 64, arena), number_from_int(3, 64, arena), arena);
    assert_int_equal(number_precision(six), 64);
    assert_int_equal(number_precision(number_add(max, max, arena)), 64);
}

static void modulo_takes_the_sign_of_the_first(void **) {
    static const struct {
        const char *a, *b, *wanted;
    } cases[] = {
        {"10", "3", "1"},  {"-10", "3", "-1"}, {"10", "-3", "1"},  {"5.5", "2", "1.5"},
        {"7", "0.5", "0"}, {"3", "10", "3"},   {"1e30", "7", "1"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Number *rest = number_modulo(read(cases[i].a), read(cases[i].b), arena);
        check_str(number_to_text(rest, arena), cases[i].wanted);
    }
}

static void integers_are_recognised(void **) {
    static const struct {
        const char *text;
        bool integer, fits;
        int64_t value;
    } cases[] = {
        {"0", true, true, 0},
        {"-9223372036854775808", true, true, INT64_MIN},
        {"9223372036854775807", true, true, INT64_MAX},
        {"9223372036854775808", true, false, 0},
        {"1e300", true, false, 0},
        {"0.5", false, false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t value = 0;
        const Number *number = read(cases[i].text);
        assert_int_equal(number_is_integer(number), cases[i].integer);
        assert_int_equal(number_to_int(number, &value), cases[i].fits);
        assert_true(value == cases[i].value);
    }
}

static void order_and_sign(void **) {
    static const char *const ascending[] = {"-1e40", "-1.5", "-1", "0", "1e-9", "1", "1.5", "1e40"};
    for (size_t i = 0; i < ARRAY_COUNT(ascending); i++) {
        for (size_t k = 0; k < ARRAY_COUNT(ascending); k++) {
            int wanted = i < k ? -1 : i > k;
            assert_int_equal(number_compare(read(ascending[i]), read(ascending[k])), wanted);
        }
    }
    assert_int_equal(number_sign(read("-0.1")), -1);
    assert_int_equal(number_sign(read("0")), 0);
    assert_int_equal(number_compare(number_from_double(0.1, arena), read("0.1")), 1);
    assert_int_equal(number_compare_int(read("9223372036854775807.5"), INT64_MAX), 1);
    assert_int_equal(number_compare_int(read("-1"), -1), 0);
    check_str(number_to_text(number_negate(read("1.5"), arena), arena), "-1.5");
    check_str(number_to_text(number_subtract(read("1"), read("1.5"), arena), arena), "-0.5");
}

static void huge_numbers_have_bounded_text(void **) {
    const Number *number = read("1e1000000");
    assert_int_equal(number_to_text(number, arena).len, 1000001);
    for (size_t i = 0; i < 8; i++)
        number = number_multiply(number, number, arena);
    Str text = number_to_text(number, arena);
    assert_true(text.len < 200);
    assert_true(str_find(text, STR("e+25"), 0) != SIZE_MAX);
    for (size_t i = 0; i < 8; i++)
        number = number_multiply(number, number, arena);
    check_str(number_to_text(number, arena), "+Inf");
    check_str(number_to_text(number_negate(number, arena), arena), "-Inf");
}

static const Number *power_of_two(int64_t exponent) {
    bool is_small = exponent < 0;
    const Number *power = read("1"), *square = read(is_small ? "0.5" : "2");
    for (int64_t left = is_small ? -exponent : exponent; left > 0; left /= 2) {
        if (left % 2)
            power = number_multiply(power, square, arena);
        square = number_multiply(square, square, arena);
    }
    return power;
}

/* About as many binary digits as a million decimal ones have, on both sides of the point. */
static void limits_of_magnitudes(void **) {
    assert_true(number_has_text(power_of_two(3321999)));
    assert_false(number_has_text(power_of_two(3322000)));
    assert_true(number_has_text(power_of_two(-3322001)));
    assert_false(number_has_text(power_of_two(-3322002)));
}

/* A point stands only between digits. */
static void points_with_exponents(void **) {
    size_t single = 0;
    for (int i = 0; i < 27; i++) {
        const Number *large = read(str_to_cstr(str_format(arena, "%de1000000", i / 3 + 1), arena));
        const Number *factor = read(i % 3 == 0 ? "100" : i % 3 == 1 ? "1000" : "10000");
        Str text = number_to_text(number_multiply(large, factor, arena), arena);
        size_t point = str_find_char(text, '.', 0), end = str_find(text, STR("e+10000"), 0);
        assert_true(end != SIZE_MAX);
        assert_true(point == 1 ? end > 2 : point == SIZE_MAX && end == 1);
        single += end == 1;
    }
    assert_true(single > 0 && single < 27);
}

static void clones_outlive_the_original(void **) {
    Arena *other = arena_open("other");
    const Number *number = NULL;
    assert_true(number_from_text(STR("0.1"), &number, other));
    const Number *clone = number_clone(number, arena);
    arena_close(other);
    check_str(number_to_text(clone, arena), "0.1");
    assert_true(number_to_double(clone) == 0.1);
}

UNIT_MAIN(test_number) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_and_written),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(limits_of_texts),
        cmocka_unit_test(numbers_round_trip),
        cmocka_unit_test(text_has_the_fewest_digits),
        cmocka_unit_test(powers_of_two_have_the_fewest_digits),
        cmocka_unit_test(arithmetic_rounds_as_upstream),
        cmocka_unit_test(products_keep_what_they_need),
        cmocka_unit_test(modulo_takes_the_sign_of_the_first),
        cmocka_unit_test(integers_are_recognised),
        cmocka_unit_test(order_and_sign),
        cmocka_unit_test(huge_numbers_have_bounded_text),
        cmocka_unit_test(limits_of_magnitudes),
        cmocka_unit_test(points_with_exponents),
        cmocka_unit_test(clones_outlive_the_original),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
