#include "lang_case.h"

#include "arithmetic.h"

static Value number(const char *text) {
    const Number *parsed = NULL;
    assert_true(number_from_text(str_from_cstr(text), &parsed, arena));
    return value_from_number(parsed);
}

typedef struct ArithmeticCase {
    ArithmeticKind kind;
    const char *a;
    const char *b;
    const char *result;
} ArithmeticCase;

static void test_results(void **) {
    static const ArithmeticCase cases[] = {
        {ARITHMETIC_ADD, "9223372036854775807", "1", "9223372036854775808"},
        {ARITHMETIC_SUBTRACT, "-9223372036854775808", "1", "-9223372036854775809"},
        {ARITHMETIC_MULTIPLY, "4294967296", "4294967296", "18446744073709551616"},
        {ARITHMETIC_DIVIDE, "6", "3", "2"},
        {ARITHMETIC_DIVIDE, "1", "4", "0.25"},
        {ARITHMETIC_MODULO, "-5.5", "2", "-1.5"},
        {ARITHMETIC_MODULO, "7", "0", "7"},
        {ARITHMETIC_DIVIDE, "1", "0", "+Inf"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value out;
        Str error;
        assert_true(arithmetic_apply(cases[i].kind, number(cases[i].a), number(cases[i].b), &out,
                                     &error, arena));
        check_str(value_number_text(out, arena), cases[i].result);
    }
}

static void test_no_answer(void **) {
    Value out;
    Str error = STR_EMPTY;
    assert_false(
        arithmetic_apply(ARITHMETIC_DIVIDE, number("0"), number("0"), &out, &error, arena));
    assert_true(error.len > 0);
}

static void test_precision(void **) {
    Value out;
    Str error;
    Value a = value_int_of(1, NUMBER_PRECISION_INT);
    Value b = value_int_of(3, NUMBER_PRECISION_INT);
    assert_true(arithmetic_apply(ARITHMETIC_DIVIDE, a, b, &out, &error, arena));
    check_str(value_number_text(out, arena), "0.33333333333333333334");
    assert_int_equal(out.count, 64);
}

RUN_LANG_TESTS(test_arithmetic, cmocka_unit_test(test_results), cmocka_unit_test(test_no_answer),
               cmocka_unit_test(test_precision))
