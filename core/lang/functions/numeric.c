/* numeric: functions on numbers. */
#include "functions.h"

#include "arithmetic.h"
#include "sequence.h"
#include "str_quote.h"

#include <math.h>
#include <mpfr.h>

static bool numeric_abs(FunctionCall *call, Value *out, Str *) {
    Value number = call->arguments[0];
    int sign = arithmetic_sign(number, call->arena);
    *out = sign < 0 ? arithmetic_negate(number, call->arena) : number;
    if (sign == 0)
        *out = value_int_of(0, number.count);
    return true;
}

static bool numeric_signum(FunctionCall *call, Value *out, Str *error) {
    int64_t whole = 0;
    if (!sequence_integer(call, 0, &whole, error))
        return false;
    return function_give(
        value_int_of(arithmetic_sign(call->arguments[0], call->arena), NUMBER_PRECISION_INT), out);
}

/* Rounds to the next whole number in the direction of the row: -1 down, 1 up. */
static bool numeric_round(FunctionCall *call, Value *out, Str *error) {
    int direction = call->function->option;
    Value number = call->arguments[0];
    Value fraction;
    Value one = value_int(1);
    *out = number;
    if (arithmetic_is_finite(number) && arithmetic_sign(number, call->arena) == 0)
        *out = value_int_of(0, number.count);
    if (!arithmetic_is_finite(number) || arithmetic_is_integer(number))
        return true;
    if (!arithmetic_apply(ARITHMETIC_MODULO, number, one, &fraction, error, call->arena) ||
        !arithmetic_apply(ARITHMETIC_SUBTRACT, number, fraction, out, error, call->arena))
        return false;
    if (arithmetic_sign(fraction, call->arena) != direction)
        return true;
    return arithmetic_apply(direction < 0 ? ARITHMETIC_SUBTRACT : ARITHMETIC_ADD, *out, one, out,
                            error, call->arena);
}

/* Finds the number furthest in the direction of the row. */
static bool numeric_extreme(FunctionCall *call, Value *out, Str *error) {
    if (call->count == 0)
        return function_fail(call, SIZE_MAX, error, "must pass at least one number");
    *out = call->arguments[0];
    for (size_t i = 1; i < call->count; i++)
        if (arithmetic_compare(call->arguments[i], *out, call->arena) == call->function->option)
            *out = call->arguments[i];
    return true;
}

static bool give_double(FunctionCall *call, double number, Value *out, Str *error) {
    if (isnan(number))
        return function_fail(call, SIZE_MAX, error, "the result is not a number");
    return function_give(value_from_number(number_from_double(number, call->arena)), out);
}

/* Logarithms and powers use doubles, and their last digits must match Terraform's. So they are
 * computed step by step with the usual polynomials, independent of the C library.
 *
 * log(x) = k log 2 + log(1 + f) with 1 + f near 1; the polynomial is that of fdlibm. */
static double double_log(double number) {
    static const double odd[] = {6.666666666666735130e-01, 2.857142874366239149e-01,
                                 1.818357216161805012e-01, 1.479819860511658591e-01};
    static const double even[] = {3.999999999940941908e-01, 2.222219843214978396e-01,
                                  1.531383769920937332e-01};
    const double log2_high = 6.93147180369123816490e-01;
    const double log2_low = 1.90821492927058770002e-10;
    int exponent = 0;
    if (number < 0)
        return NAN;
    if (number == 0 || isinf(number))
        return number == 0 ? -INFINITY : INFINITY;
    double mantissa = frexp(number, &exponent);
    if (mantissa <= 7.07106781186547524401e-01) {
        mantissa *= 2;
        exponent--;
    }
    double f = mantissa - 1;
    double k = exponent;
    double s = f / (2 + f);
    double s2 = s * s;
    double s4 = s2 * s2;
    double t1 = s2 * (odd[0] + s4 * (odd[1] + s4 * (odd[2] + s4 * odd[3])));
    double t2 = s4 * (even[0] + s4 * (even[1] + s4 * even[2]));
    double half = 0.5 * f * f;
    double rest = (half - (s * (half + (t1 + t2)) + k * log2_low)) - f;
    return k * log2_high - rest;
}

/* exp(x) = 2^k exp(r): a Taylor series of r/16, squared four times. Each step rounds once. */
static double double_exp(double number) {
    static const double series[] = {1.9841269841269841270e-4,
                                    1.3888888888888888889e-3,
                                    8.3333333333333333333e-3,
                                    4.1666666666666666667e-2,
                                    1.6666666666666666667e-1,
                                    0.5,
                                    1.0};
    const double log2_high = 0.69314718055966295651160180568695068359375;
    const double log2_low = 0.28235290563031577122588448175013436025525412068e-12;
    if (number > 7.09782712893384e+02)
        return INFINITY;
    double k = nearbyint(number * 1.4426950408889634073599246810018920);
    double r = fma(-log2_low, k, fma(-log2_high, k, number)) * 0.0625;
    double sum = 2.4801587301587301587e-5;
    for (size_t i = 0; i < ARRAY_COUNT(series); i++)
        sum = fma(sum, r, series[i]);
    /* Now r is exp - 1, and (e + 1)^2 - 1 is e (e + 2). */
    r *= sum;
    for (int i = 0; i < 3; i++)
        r *= r + 2;
    return ldexp(fma(r + 2, r, 1), (int)k);
}

/* Computes a power by squaring and rounds at each step as Terraform does, so that the last digits
 * match. */
static double power_by_squaring(double number, int64_t power, double factor) {
    int exponent = 0;
    int64_t scale = 0;
    double mantissa = frexp(number, &exponent);
    int64_t step = exponent;
    for (int64_t left = power; left; left >>= 1) {
        if (step < -4096 || step > 4096) {
            scale += step;
            break;
        }
        if (left & 1) {
            factor *= mantissa;
            scale += step;
        }
        mantissa *= mantissa;
        step *= 2;
        if (mantissa < 0.5) {
            mantissa += mantissa;
            step--;
        }
    }
    return ldexp(factor, scale > 10000 ? 10000 : scale < -10000 ? -10000 : (int)scale);
}

static double double_pow(double number, double power) {
    double size = power < 0 ? -power : power;
    if (power == 0 || number == 1)
        return 1;
    if (power == 0.5)
        return sqrt(number);
    if (power == -0.5)
        return 1 / sqrt(number);
    if (number == 0)
        return power < 0 ? INFINITY : 0;
    if (number == -1 && size >= 9e18)
        return 1;
    if (size >= 9e18)
        return (fabs(number) < 1) == (power > 0) ? 0 : INFINITY;
    if (!isfinite(number))
        return power > 0 ? INFINITY : 0;
    int64_t whole = (int64_t)size;
    double fraction = size - (double)whole;
    double factor = 1;
    if (fraction != 0 && number < 0)
        return NAN;
    if (fraction > 0.5) {
        fraction -= 1;
        whole++;
    }
    if (fraction != 0)
        factor = double_exp(fraction * double_log(number));
    double result = power_by_squaring(number, whole, factor);
    return power < 0 ? 1 / result : result;
}

static bool argument_double(FunctionCall *call, size_t argument, double *out, Str *error) {
    *out = value_to_double(call->arguments[argument]);
    bool is_beyond = isinf(*out) && arithmetic_is_finite(call->arguments[argument]);
    return !is_beyond ||
           function_fail(call, argument, error, "the number is outside the range of a double");
}

static bool numeric_log(FunctionCall *call, Value *out, Str *error) {
    double number = 0;
    double base = 0;
    if (!argument_double(call, 0, &number, error) || !argument_double(call, 1, &base, error))
        return false;
    return give_double(call, double_log(number) / double_log(base), out, error);
}

static bool numeric_pow(FunctionCall *call, Value *out, Str *error) {
    double number = 0;
    double power = 0;
    if (!argument_double(call, 0, &number, error) || !argument_double(call, 1, &power, error))
        return false;
    return give_double(call, double_pow(number, power), out, error);
}

#define SUM_REFUSED "argument must be list, set, or tuple of number values"

static bool numeric_sum(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    ConvertError failure;
    if (!type_is_sequence(list.type))
        return function_fail(call, 0, error, "cannot sum noniterable");
    if (sequence_count(list) == 0)
        return function_fail(call, 0, error, "cannot sum an empty list");
    Value sum = {0};
    if (!value_is_wholly_known(list))
        return function_give(function_unknown(call, &TYPE_NUMBER), out);
    for (size_t i = 0; i < sequence_count(list); i++) {
        Value item = value_at(list, i);
        if (value_is_null(item))
            return function_fail(call, 0, error, SUM_REFUSED);
        if (!convert_value(item, &TYPE_NUMBER, &item, &failure, call->arena))
            return function_fail(call, 0, error, SUM_REFUSED);
        if (i == 0)
            sum = item;
        else if (!arithmetic_apply(ARITHMETIC_ADD, sum, item, &sum, error, call->arena))
            return false;
    }
    return function_give(sum, out);
}

/* Digits are 0-9, then lower case, then upper case. Up to base 36, case is ignored. */
static int digit_value(char c, int64_t base) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + (base <= 36 ? 10 : 36);
    return 99;
}

/* Converts a digit for MPFR, which has upper case before lower case in bases beyond 36. */
static char mpfr_digit(char c, int64_t base) {
    if (base <= 36)
        return c;
    return (char)(islower((unsigned char)c) ? toupper((unsigned char)c)
                                            : tolower((unsigned char)c));
}

static bool parseint_digits(FunctionCall *call, Str digits, int64_t base, Value *out) {
    char *text = arena_alloc(call->arena, digits.len + 1);
    for (size_t i = 0; i < digits.len; i++)
        text[i] = mpfr_digit(digits.ptr[i], base);
    mpfr_t number;
    mpfr_init2(number, (mpfr_prec_t)(digits.len * 6 + 64));
    mpfr_set_str(number, text, (int)base, MPFR_RNDN);
    bool is_inline = mpfr_fits_intmax_p(number, MPFR_RNDN) != 0;
    const Number *big = NULL;
    if (is_inline) {
        *out = value_int_of(mpfr_get_sj(number, MPFR_RNDN), NUMBER_PRECISION_INT);
    } else {
        char *decimal = NULL;
        mpfr_asprintf(&decimal, "%.0Rf", number);
        is_inline = number_from_text(str_from_cstr(decimal), &big, call->arena);
        mpfr_free_str(decimal);
        if (is_inline)
            *out = value_from_number(big);
        mpfr_free_pool(); /* frees this thread's pool, which the end of the thread does not free */
    }
    mpfr_clear(number);
    return is_inline;
}

static bool is_integer_text(Str digits, int64_t base) {
    for (size_t i = 0; i < digits.len; i++)
        if (digit_value(digits.ptr[i], base) >= base)
            return false;
    return digits.len > 0;
}

static bool parseint_check(FunctionCall *call, const Type **out, Str *error) {
    Value text = call->arguments[0];
    *out = &TYPE_NUMBER;
    if (text.type->kind == KIND_STRING)
        return true;
    return function_fail(call, 0, error, "first argument must be a string, not %.*s",
                         STR_ARG(type_friendly_name(text.type, call->arena)));
}

static bool numeric_parseint(FunctionCall *call, Value *out, Str *error) {
    const Type *type = NULL;
    int64_t base = 0;
    if (!parseint_check(call, &type, error))
        return false;
    if (!value_to_int(call->arguments[1], &base) || base < 2 || base > 62)
        return function_fail(call, 1, error,
                             "base must be a whole number between 2 and 62 inclusive");
    Str text = function_text(call, 0);
    bool is_negative = str_starts_with(text, STR("-"));
    Str digits = is_negative || str_starts_with(text, STR("+")) ? str_after(text, 1) : text;
    if (digits.len > 1 << 16 || !is_integer_text(digits, base))
        return function_fail(call, 0, error, "cannot parse %.*s as a base %d integer",
                             STR_ARG(str_quote(text, call->arena)), (int)base);
    if (!parseint_digits(call, digits, base, out))
        return function_fail(call, 0, error, "the number is too big");
    if (is_negative)
        *out = arithmetic_negate(*out, call->arena);
    return true;
}

static const Function numeric_functions[] = {
    {
        .name = "abs",
        PARAMETERS({"num", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_abs,
        .description = "The absolute value of the number.",
        .example = "abs(-12.4) = 12.4",
    },
    {
        .name = "ceil",
        PARAMETERS({"num", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_round,
        .option = 1,
        .description = "The smallest integer that is not less than the number.",
        .example = "ceil(5.1) = 6",
    },
    {
        .name = "floor",
        PARAMETERS({"num", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_round,
        .option = -1,
        .description = "The greatest integer that is not greater than the number.",
        .example = "floor(4.9) = 4",
    },
    {
        .name = "log",
        PARAMETERS({"num", &TYPE_NUMBER}, {"base", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_log,
        .description = "The logarithm of the number in a base.",
        .example = "log(16, 2) = 4",
    },
    {
        .name = "max",
        VARIADIC({"numbers", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_extreme,
        .option = 1,
        .description = "The greatest of the numbers.",
        .example = "max(12, 54, 3) = 54",
    },
    {
        .name = "min",
        VARIADIC({"numbers", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_extreme,
        .option = -1,
        .description = "The smallest of the numbers.",
        .example = "min(12, 54, 3) = 3",
    },
    {
        .name = "parseint",
        PARAMETERS({"number", &TYPE_DYNAMIC}, {"base", &TYPE_NUMBER}),
        .result_type = parseint_check,
        .run = numeric_parseint,
        .description = "The integer that a string represents in a base from 2 to 62.",
        .example = "parseint(\"FF\", 16) = 255",
    },
    {
        .name = "pow",
        PARAMETERS({"num", &TYPE_NUMBER}, {"power", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_pow,
        .description = "The number raised to a power.",
        .example = "pow(3, 2) = 9",
    },
    {
        .name = "signum",
        PARAMETERS({"num", &TYPE_NUMBER}),
        .type = &TYPE_NUMBER,
        .run = numeric_signum,
        .description = "-1, 0 or 1, if the number is negative, zero or positive.",
        .example = "signum(-13) = -1",
    },
    {
        .name = "sum",
        PARAMETERS({"list", &TYPE_DYNAMIC}),
        .type = &TYPE_NUMBER,
        .run = numeric_sum,
        .description = "The sum of the numbers.",
        .example = "sum([10, 13, 6]) = 29",
    },
};

const FunctionFamily functions_numeric = {numeric_functions, ARRAY_COUNT(numeric_functions)};
