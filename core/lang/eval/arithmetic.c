/* arithmetic: computes with 64-bit integers directly, and with other numbers through Number. */
#include "arithmetic.h"

#include <math.h>

static bool is_inline(Value a) {
    return !(a.flags & FLAG_BIG);
}

/* Returns true if `precision` bits hold the integer exactly. */
static bool fits_precision(int64_t integer, uint32_t precision) {
    if (precision >= 63)
        return true;
    int64_t bound = INT64_C(1) << precision;
    return integer >= -bound && integer <= bound;
}

/* Returns true if the product or quotient of two integers is -0. */
static bool arithmetic_is_negative_zero(ArithmeticKind kind, int64_t left, int64_t right) {
    if (kind == ARITHMETIC_MULTIPLY)
        return (left == 0 && right < 0) || (right == 0 && left < 0);
    return kind == ARITHMETIC_DIVIDE && left == 0 && right < 0;
}

static bool apply_inline(ArithmeticKind kind, Value a, Value b, Value *out) {
    int64_t left = a.as.integer;
    int64_t right = b.as.integer;
    int64_t result = 0;
    bool is_beyond = true;
    if (arithmetic_is_negative_zero(kind, left, right))
        return false;
    switch (kind) {
    case ARITHMETIC_ADD: is_beyond = __builtin_add_overflow(left, right, &result); break;
    case ARITHMETIC_SUBTRACT: is_beyond = __builtin_sub_overflow(left, right, &result); break;
    case ARITHMETIC_MULTIPLY: is_beyond = __builtin_mul_overflow(left, right, &result); break;
    case ARITHMETIC_DIVIDE:
        if (right == 0 || left == INT64_MIN || left % right != 0)
            return false;
        result = left / right;
        is_beyond = false;
        break;
    case ARITHMETIC_MODULO:
        if (right == 0 || left == INT64_MIN)
            return false;
        result = left % right;
        is_beyond = false;
        break;
    }
    uint32_t precision = a.count > b.count ? a.count : b.count;
    if (is_beyond || !fits_precision(result, precision))
        return false;
    *out = value_int_of(result, precision);
    return true;
}

static bool is_nan_result(ArithmeticKind kind, Value a, Value b, Arena *arena) {
    bool finite_a = arithmetic_is_finite(a);
    bool finite_b = arithmetic_is_finite(b);
    int sign_a = arithmetic_sign(a, arena);
    int sign_b = arithmetic_sign(b, arena);
    switch (kind) {
    case ARITHMETIC_ADD: return !finite_a && !finite_b && sign_a != sign_b;
    case ARITHMETIC_SUBTRACT: return !finite_a && !finite_b && sign_a == sign_b;
    case ARITHMETIC_MULTIPLY: return (!finite_a && sign_b == 0) || (!finite_b && sign_a == 0);
    case ARITHMETIC_DIVIDE: return (sign_a == 0 && sign_b == 0) || (!finite_a && !finite_b);
    case ARITHMETIC_MODULO: return sign_b != 0 && (!finite_a || !finite_b);
    }
    CHECK(false);
}

static const char *const nan_errors[] = {
    [ARITHMETIC_ADD] = "can't compute sum of opposing infinities",
    [ARITHMETIC_SUBTRACT] = "can't subtract infinity from itself",
    [ARITHMETIC_MULTIPLY] = "can't multiply zero by infinity",
    [ARITHMETIC_DIVIDE] = "can't divide zero by zero or infinity by infinity",
    [ARITHMETIC_MODULO] = "can't use modulo with zero and infinity",
};

bool arithmetic_apply(ArithmeticKind kind, Value a, Value b, Value *out, Str *error, Arena *arena) {
    if (is_inline(a) && is_inline(b) && apply_inline(kind, a, b, out))
        return true;
    if (is_nan_result(kind, a, b, arena)) {
        *error = str_from_cstr(nan_errors[kind]);
        return false;
    }
    if (kind == ARITHMETIC_MODULO && arithmetic_sign(b, arena) == 0) {
        *out = a;
        return true;
    }
    if (kind == ARITHMETIC_DIVIDE && arithmetic_sign(b, arena) == 0) {
        bool is_negative = arithmetic_is_negative(a) != arithmetic_is_negative(b);
        *out = value_from_number(number_from_double(is_negative ? -INFINITY : INFINITY, arena));
        return true;
    }
    const Number *left = value_to_number(a, arena);
    const Number *right = value_to_number(b, arena);
    const Number *result = NULL;
    switch (kind) {
    case ARITHMETIC_ADD: result = number_add(left, right, arena); break;
    case ARITHMETIC_SUBTRACT: result = number_subtract(left, right, arena); break;
    case ARITHMETIC_MULTIPLY: result = number_multiply(left, right, arena); break;
    case ARITHMETIC_DIVIDE: result = number_divide(left, right, arena); break;
    case ARITHMETIC_MODULO: result = number_modulo(left, right, arena); break;
    }
    *out = value_from_number(result);
    return true;
}

Value arithmetic_negate(Value a, Arena *arena) {
    if (is_inline(a) && a.as.integer != INT64_MIN && a.as.integer != 0)
        return value_int_of(-a.as.integer, a.count);
    return value_from_number(number_negate(value_to_number(a, arena), arena));
}

int arithmetic_compare(Value a, Value b, Arena *arena) {
    if (is_inline(a) && is_inline(b))
        return (a.as.integer > b.as.integer) - (a.as.integer < b.as.integer);
    return number_compare(value_to_number(a, arena), value_to_number(b, arena));
}

int arithmetic_sign(Value a, Arena *arena) {
    if (is_inline(a))
        return (a.as.integer > 0) - (a.as.integer < 0);
    return number_sign(value_to_number(a, arena));
}

bool arithmetic_is_negative(Value a) {
    if (is_inline(a))
        return a.as.integer < 0;
    return number_sign(a.as.number) < 0 || number_is_negative_zero(a.as.number);
}

bool arithmetic_is_finite(Value a) {
    return is_inline(a) || !number_is_infinite(a.as.number);
}

bool arithmetic_is_integer(Value a) {
    return is_inline(a) || number_is_integer(a.as.number);
}
