/* number: numbers beyond 64-bit integers, as MPFR floats with their digits in an arena. */
#include "number.h"

#include <mpfr.h>

/* The largest precision, and the limbs that hold it. */
enum { PRECISION_MAX = NUMBER_PRECISION_TEXT, LIMBS_MAX = PRECISION_MAX / GMP_NUMB_BITS };

/* Numbers with more digits are rejected as input and written with an exponent, so that a short
 * expression cannot produce gigabytes. */
enum { DIGITS_MAX = 1000000 };

/* Limits on input. They are higher than DIGITS_MAX, so that every number written can be read again.
 * Rounding may add an integer digit; a fraction has digits after its zeros; the exponent shifts
 * with the digits. BITS_MAX, the binary digits of 10^DIGITS_MAX and a few, limits the magnitude. */
enum {
    READ_DIGITS_MAX = DIGITS_MAX + 1000,
    READ_EXPONENT_MAX = 2 * DIGITS_MAX,
    BITS_MAX = 3322000
};

struct Number {
    uint32_t precision;
    int kind; /* as in mpfr_custom_get_kind: negative for negative numbers */
    mpfr_exp_t exponent;
    mp_limb_t limbs[];
};

/* A float on the stack that needs no allocation by MPFR. */
typedef struct Work {
    mpfr_t f;
    mp_limb_t limbs[LIMBS_MAX];
} Work;

static size_t limb_count(uint32_t precision) {
    return ((size_t)precision + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS;
}

static void work_init(Work *work, uint32_t precision) {
    CHECK(precision >= 1 && precision <= PRECISION_MAX);
    mpfr_custom_init(work->limbs, (mpfr_prec_t)precision);
    mpfr_custom_init_set(work->f, MPFR_ZERO_KIND, 0, (mpfr_prec_t)precision, work->limbs);
}

/* Sets `f` to a read-only view of the number. */
static void view(mpfr_t f, const Number *number) {
    mpfr_custom_init_set(f, number->kind, number->exponent, (mpfr_prec_t)number->precision,
                         (mp_limb_t *)number->limbs);
}

static const Number *number_keep(mpfr_srcptr f, Arena *arena) {
    uint32_t precision = (uint32_t)mpfr_get_prec(f);
    size_t limbs_size = limb_count(precision) * sizeof(mp_limb_t);
    Number *number = arena_alloc(arena, sizeof(Number) + limbs_size);
    number->precision = precision;
    number->kind = mpfr_custom_get_kind(f);
    number->exponent = mpfr_regular_p(f) ? mpfr_custom_get_exp(f) : 0;
    memcpy(number->limbs, mpfr_custom_get_significand(f), limbs_size);
    return number;
}

static uint32_t larger_precision(const Number *a, const Number *b) {
    return a->precision > b->precision ? a->precision : b->precision;
}

const Number *number_from_int(int64_t value, uint32_t precision, Arena *arena) {
    Work work;
    work_init(&work, precision);
    mpfr_set_sj(work.f, value, MPFR_RNDN);
    return number_keep(work.f, arena);
}

const Number *number_from_double(double value, Arena *arena) {
    Work work;
    work_init(&work, NUMBER_PRECISION_DOUBLE);
    mpfr_set_d(work.f, value, MPFR_RNDN);
    return number_keep(work.f, arena);
}

static size_t skip_sign(Str text, size_t at) {
    bool sign = at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-');
    return sign ? at + 1 : at;
}

/* Scans digits with an optional point and advances *at. */
static bool scan_mantissa(Str text, size_t *at) {
    size_t start = *at;
    size_t end = str_skip_digits(text, start);
    size_t digits = end - start;
    if (end < text.len && text.ptr[end] == '.') {
        size_t fraction = end + 1;
        end = str_skip_digits(text, fraction);
        digits += end - fraction;
    }
    *at = end;
    return digits > 0 && digits <= READ_DIGITS_MAX;
}

static bool scan_exponent(Str text, size_t *at) {
    if (*at == text.len)
        return true;
    if (text.ptr[*at] != 'e' && text.ptr[*at] != 'E')
        return false;
    size_t start = skip_sign(text, *at + 1);
    size_t end = str_skip_digits(text, start);
    if (end == start)
        return false;
    int64_t exponent = 0;
    for (size_t i = start; i < end && exponent <= READ_EXPONENT_MAX; i++)
        exponent = exponent * 10 + (text.ptr[i] - '0');
    *at = end;
    return exponent <= READ_EXPONENT_MAX;
}

static bool is_number_text(Str text) {
    size_t at = skip_sign(text, 0);
    return scan_mantissa(text, &at) && scan_exponent(text, &at) && at == text.len;
}

static bool is_in_reach(mpfr_srcptr f) {
    if (!mpfr_regular_p(f))
        return mpfr_zero_p(f) != 0;
    mpfr_exp_t bits = mpfr_get_exp(f);
    return bits <= BITS_MAX && bits >= -BITS_MAX;
}

bool number_from_text(Str text, const Number **out, Arena *arena) {
    Work work;
    if (!is_number_text(text))
        return false;
    work_init(&work, NUMBER_PRECISION_TEXT);
    mpfr_strtofr(work.f, str_to_cstr(text, arena), NULL, 10, MPFR_RNDN);
    if (!is_in_reach(work.f))
        return false;
    *out = number_keep(work.f, arena);
    return true;
}

uint32_t number_precision(const Number *number) {
    return number->precision;
}

/* A decimal approximation: 0.DIGITS times 10^exponent. */
typedef struct Decimal {
    char digits[PRECISION_MAX];
    size_t count;
    mpfr_exp_t exponent;
} Decimal;

/* SHORTEST_MAX digits distinguish any two neighbours of the largest precision. */
enum { SHORTEST_MAX = 156, COMMON_DIGITS = 17, COMMON_PRECISION = 128 };

/* Rounds |f|, which is not zero, to the nearest decimal of `count` digits. */
static void round_to_digits(mpfr_srcptr f, size_t count, Decimal *out) {
    char text[PRECISION_MAX];
    mpfr_get_str(text, &out->exponent, 10, count, f, MPFR_RNDN);
    const char *digits = text[0] == '-' ? text + 1 : text;
    out->count = count;
    memcpy(out->digits, digits, count);
}

static int read_back(const Decimal *decimal, mpfr_ptr out) {
    char text[PRECISION_MAX + 32];
    snprintf(text, sizeof(text), "0.%.*se%lld", (int)decimal->count, decimal->digits,
             (long long)decimal->exponent);
    return mpfr_strtofr(out, text, NULL, 10, MPFR_RNDN);
}

/* Returns true if the decimal reads back as |f| at f's precision. Below a power of two the
 * neighbour is half as far away as above. As in Terraform, the wider distance applies on both
 * sides. */
static bool is_faithful(mpfr_srcptr f, const Decimal *decimal) {
    Work work;
    uint32_t precision = (uint32_t)mpfr_get_prec(f);
    work_init(&work, precision);
    read_back(decimal, work.f);
    if (mpfr_cmpabs(work.f, f) == 0)
        return true;
    if (mpfr_min_prec(f) > 1 || precision < 2)
        return false;
    work_init(&work, precision - 1);
    int rounded_up = read_back(decimal, work.f);
    return mpfr_cmpabs(work.f, f) == 0 && rounded_up >= 0;
}

/* Finds the fewest digits by bisection: more digits never make a decimal less faithful. */
static void find_shortest(mpfr_srcptr f, Decimal *out) {
    size_t low = 1, high = SHORTEST_MAX;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        round_to_digits(f, middle, out);
        if (is_faithful(f, out))
            high = middle;
        else
            low = middle + 1;
    }
    round_to_digits(f, low, out);
}

static void drop_trailing_zeros(Decimal *decimal) {
    while (decimal->digits[decimal->count - 1] == '0') /* the first digit is another one */
        decimal->count--;
}

/* Tries few digits first. Written numbers have few digits, and at high precision no shorter decimal
 * is faithful. */
static void shortest(mpfr_srcptr f, Decimal *out) {
    round_to_digits(f, COMMON_DIGITS, out);
    if (mpfr_get_prec(f) < COMMON_PRECISION || !is_faithful(f, out))
        find_shortest(f, out);
    drop_trailing_zeros(out);
}

static void add_plain(StrBuf *text, const Decimal *decimal) {
    mpfr_exp_t point = decimal->exponent;
    size_t before = point <= 0 ? 0 : (size_t)point;
    Str digits = {decimal->digits, decimal->count};
    if (before >= digits.len) {
        strbuf_add(text, digits);
        strbuf_add_repeat(text, '0', before - digits.len);
        return;
    }
    if (before == 0)
        strbuf_add_char(text, '0');
    strbuf_add(text, str_slice(digits, 0, before));
    strbuf_add_char(text, '.');
    if (point < 0)
        strbuf_add_repeat(text, '0', (size_t)-point);
    strbuf_add(text, str_after(digits, before));
}

static void add_with_exponent(StrBuf *text, const Decimal *decimal) {
    strbuf_add_char(text, decimal->digits[0]);
    if (decimal->count > 1)
        strbuf_add_char(text, '.');
    strbuf_add(text, str_after((Str){decimal->digits, decimal->count}, 1));
    strbuf_add_format(text, "e%+lld", (long long)decimal->exponent - 1);
}

Str number_to_text(const Number *number, Arena *arena) {
    mpfr_t f;
    Decimal decimal;
    view(f, number);
    if (mpfr_zero_p(f))
        return mpfr_signbit(f) ? STR("-0") : STR("0");
    if (mpfr_nan_p(f))
        return STR("NaN");
    if (mpfr_inf_p(f))
        return mpfr_sgn(f) < 0 ? STR("-Inf") : STR("+Inf");
    shortest(f, &decimal);
    StrBuf text = strbuf_new(arena);
    if (mpfr_sgn(f) < 0)
        strbuf_add_char(&text, '-');
    bool huge = decimal.exponent > DIGITS_MAX + 1 || decimal.exponent < -DIGITS_MAX;
    if (huge)
        add_with_exponent(&text, &decimal);
    else
        add_plain(&text, &decimal);
    return strbuf_str(&text);
}

Str number_to_rounded_text(const Number *number, uint32_t digits, Arena *arena) {
    mpfr_t f;
    char *text = NULL;
    view(f, number);
    mpfr_asprintf(&text, "%.*Rg", (int)digits, f);
    Str copy = str_clone(str_from_cstr(text), arena);
    mpfr_free_str(text);
    return copy;
}

bool number_is_negative_zero(const Number *number) {
    mpfr_t f;
    view(f, number);
    return mpfr_zero_p(f) && mpfr_signbit(f);
}

bool number_is_infinite(const Number *number) {
    mpfr_t f;
    view(f, number);
    return mpfr_inf_p(f) != 0;
}

bool number_has_text(const Number *number) {
    mpfr_t f;
    view(f, number);
    return is_in_reach(f);
}

bool number_is_integer(const Number *number) {
    mpfr_t f;
    view(f, number);
    return mpfr_integer_p(f) != 0;
}

bool number_to_int(const Number *number, int64_t *out) {
    mpfr_t f;
    view(f, number);
    if (!mpfr_integer_p(f) || !mpfr_fits_intmax_p(f, MPFR_RNDN))
        return false;
    *out = mpfr_get_sj(f, MPFR_RNDN);
    return true;
}

double number_to_double(const Number *number) {
    mpfr_t f;
    view(f, number);
    return mpfr_get_d(f, MPFR_RNDN);
}

int number_compare(const Number *a, const Number *b) {
    mpfr_t left, right;
    view(left, a);
    view(right, b);
    int order = mpfr_cmp(left, right);
    return order < 0 ? -1 : order > 0;
}

int number_compare_int(const Number *a, int64_t b) {
    Work right;
    mpfr_t left;
    view(left, a);
    work_init(&right, NUMBER_PRECISION_INT);
    mpfr_set_sj(right.f, b, MPFR_RNDN);
    int order = mpfr_cmp(left, right.f);
    return order < 0 ? -1 : order > 0;
}

int number_sign(const Number *number) {
    mpfr_t f;
    view(f, number);
    int sign = mpfr_sgn(f);
    return sign < 0 ? -1 : sign > 0;
}

const Number *number_clone(const Number *number, Arena *arena) {
    mpfr_t f;
    view(f, number);
    return number_keep(f, arena);
}

typedef int (*Operation)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

static const Number *number_apply(Operation operation, const Number *a, const Number *b,
                                  uint32_t precision, Arena *arena) {
    Work result;
    mpfr_t left, right;
    view(left, a);
    view(right, b);
    work_init(&result, precision);
    operation(result.f, left, right, MPFR_RNDN);
    return number_keep(result.f, arena);
}

const Number *number_add(const Number *a, const Number *b, Arena *arena) {
    return number_apply(mpfr_add, a, b, larger_precision(a, b), arena);
}

const Number *number_subtract(const Number *a, const Number *b, Arena *arena) {
    return number_apply(mpfr_sub, a, b, larger_precision(a, b), arena);
}

const Number *number_divide(const Number *a, const Number *b, Arena *arena) {
    CHECK(number_sign(b) != 0);
    return number_apply(mpfr_div, a, b, larger_precision(a, b), arena);
}

const Number *number_multiply(const Number *a, const Number *b, Arena *arena) {
    Work product, result;
    mpfr_t left, right;
    view(left, a);
    view(right, b);
    work_init(&product, PRECISION_MAX);
    mpfr_mul(product.f, left, right, MPFR_RNDN);
    uint32_t precision = larger_precision(a, b);
    uint32_t needed = (uint32_t)mpfr_min_prec(product.f);
    work_init(&result, needed > precision ? needed : precision);
    mpfr_set(result.f, product.f, MPFR_RNDN);
    return number_keep(result.f, arena);
}

/* Returns a - b * trunc(a / b). As in Terraform, the quotient has the larger precision and the
 * result has a's. Exact if `a` is an integer that its precision holds. */
const Number *number_modulo(const Number *a, const Number *b, Arena *arena) {
    Work quotient, result;
    mpfr_t left, right;
    CHECK(number_sign(b) != 0);
    view(left, a);
    view(right, b);
    work_init(&quotient, larger_precision(a, b));
    work_init(&result, a->precision);
    mpfr_div(quotient.f, left, right, MPFR_RNDN);
    mpfr_trunc(quotient.f, quotient.f);
    if (mpfr_zero_p(quotient.f))
        mpfr_set_zero(quotient.f, 1);
    mpfr_set(result.f, quotient.f, MPFR_RNDN);
    mpfr_mul(result.f, right, result.f, MPFR_RNDN);
    mpfr_sub(result.f, left, result.f, MPFR_RNDN);
    return number_keep(result.f, arena);
}

const Number *number_negate(const Number *a, Arena *arena) {
    Work result;
    mpfr_t f;
    view(f, a);
    work_init(&result, a->precision);
    mpfr_neg(result.f, f, MPFR_RNDN);
    return number_keep(result.f, arena);
}
