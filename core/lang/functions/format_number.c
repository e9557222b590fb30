/* format_number: formats numbers. GMP and MPFR produce the digits; this file adds signs, prefixes
 * and zeros. */
#include "format_number.h"

#include "arithmetic.h"

#include <gmp.h>
#include <mpfr.h>

static Str sign_of(const FormatVerb *verb, bool is_negative) {
    if (is_negative)
        return STR("-");
    if (verb->plus)
        return STR("+");
    return verb->space ? STR(" ") : STR_EMPTY;
}

/* Joins the parts, with zeros between the sign and the digits up to the width. */
static Str assemble(const FormatVerb *verb, Str sign, Str prefix, Str digits, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    size_t length = sign.len + prefix.len + digits.len;
    strbuf_add(&buf, sign);
    strbuf_add(&buf, prefix);
    bool fills = verb->zero && !verb->minus && verb->has_width && length < verb->width;
    if (fills)
        strbuf_add_repeat(&buf, '0', verb->width - length);
    strbuf_add(&buf, digits);
    return strbuf_str(&buf);
}

/* The text reads back as the same number only at the number's own precision. */
static void number_init(mpfr_t out, Value number, Arena *arena) {
    const char *text = str_to_cstr(value_number_text(number, arena), arena);
    mpfr_init2(out, (mpfr_prec_t)number.count);
    mpfr_set_str(out, text, 10, MPFR_RNDN);
}

static const char *integer_prefix(char mode) {
    switch (mode) {
    case 'b': return "0b";
    case 'o': return "0";
    case 'x': return "0x";
    case 'X': return "0X";
    default: return "";
    }
}

static Str format_integer(const FormatVerb *verb, Value number, Arena *arena) {
    int base = verb->mode == 'b' ? 2 : verb->mode == 'o' ? 8 : verb->mode == 'd' ? 10 : 16;
    mpfr_t value;
    mpz_t integer;
    number_init(value, number, arena);
    mpz_init(integer);
    mpfr_get_z(integer, value, MPFR_RNDN);
    bool is_negative = mpz_sgn(integer) < 0;
    mpz_abs(integer, integer);
    char *text = arena_alloc(arena, mpz_sizeinbase(integer, base) + 2);
    mpz_get_str(text, verb->mode == 'X' ? -base : base, integer);
    mpz_clear(integer);
    mpfr_clear(value);
    Str digits = str_from_cstr(text);
    if (verb->has_precision && digits.len < verb->precision) {
        StrBuf buf = strbuf_new(arena);
        strbuf_add_repeat(&buf, '0', verb->precision - digits.len);
        strbuf_add(&buf, digits);
        digits = strbuf_str(&buf);
    }
    Str prefix = verb->sharp ? str_from_cstr(integer_prefix(verb->mode)) : STR_EMPTY;
    return assemble(verb, sign_of(verb, is_negative), prefix, digits, arena);
}

/* Returns the digits without point; *point is the position of the point from the first digit. */
static Str significant_digits(Str plain, int64_t *point, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    bool has_point = false;
    *point = 0;
    for (size_t i = 0; i < plain.len; i++) {
        char c = plain.ptr[i];
        if (c == '.') {
            has_point = true;
            continue;
        }
        bool leads = buf.len == 0 && c == '0';
        if (!has_point && !leads)
            (*point)++;
        if (has_point && leads)
            (*point)--;
        if (!leads)
            strbuf_add_char(&buf, c);
    }
    while (buf.len && buf.ptr[buf.len - 1] == '0')
        buf.len--;
    return strbuf_str(&buf);
}

static Str with_exponent(Str digits, int64_t exponent, bool is_upper, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add(&buf, str_slice(digits, 0, 1));
    if (digits.len > 1)
        strbuf_add_char(&buf, '.');
    strbuf_add(&buf, str_after(digits, 1));
    strbuf_add_format(&buf, "%c%c%02lld", is_upper ? 'E' : 'e', exponent < 0 ? '-' : '+',
                      (long long)(exponent < 0 ? -exponent : exponent));
    return strbuf_str(&buf);
}

/* Uses an exponent at the thresholds of %g. */
static Str shortest_digits(Str plain, bool is_upper, Arena *arena) {
    int64_t point = 0;
    Str digits = significant_digits(plain, &point, arena);
    int64_t exponent = point - 1;
    if (!digits.len || (exponent >= -4 && exponent < 6))
        return plain;
    return with_exponent(digits, exponent, is_upper, arena);
}

static Str format_shortest(Value number, bool is_upper, Arena *arena) {
    Str plain = value_number_text(number, arena);
    bool is_negative = str_starts_with(plain, STR("-"));
    Str text = shortest_digits(is_negative ? str_after(plain, 1) : plain, is_upper, arena);
    return is_negative ? str_concat(STR("-"), text, arena) : text;
}

static Str mpfr_text(char mode, uint32_t precision, Value number, Arena *arena) {
    static const char *const formats[] = {"%.*Re", "%.*RE", "%.*Rf", "%.*Rg", "%.*RG"};
    static const char modes[] = "eEfgG";
    char *text = NULL;
    mpfr_t value;
    number_init(value, number, arena);
    mpfr_abs(value, value, MPFR_RNDN);
    mpfr_asprintf(&text, formats[strchr(modes, mode) - modes], (int)precision, value);
    mpfr_clear(value);
    Str copy = str_clone(str_from_cstr(text), arena);
    mpfr_free_str(text);
    return copy;
}

/* An infinity always has a sign and no padding zeros. */
static Str infinity_text(const FormatVerb *verb, bool is_negative) {
    if (is_negative)
        return STR("-Inf");
    return verb->space ? STR(" Inf") : STR("+Inf");
}

static Str format_float(const FormatVerb *verb, Value number, Arena *arena) {
    bool is_shortest = !verb->has_precision && (verb->mode == 'g' || verb->mode == 'G');
    bool is_negative = arithmetic_is_negative(number);
    if (!arithmetic_is_finite(number))
        return infinity_text(verb, is_negative);
    Str digits;
    if (is_shortest) {
        digits = format_shortest(number, verb->mode == 'G', arena);
        if (is_negative)
            digits = str_after(digits, 1);
    } else {
        digits = mpfr_text(verb->mode, verb->has_precision ? verb->precision : 6, number, arena);
    }
    return assemble(verb, sign_of(verb, is_negative), STR_EMPTY, digits, arena);
}

Str format_number(const FormatVerb *verb, Value number, Arena *arena) {
    switch (verb->mode) {
    case 'v': return format_shortest(number, false, arena);
    case 'b':
    case 'd':
    case 'o':
    case 'x':
    case 'X': return format_integer(verb, number, arena);
    default: return format_float(verb, number, arena);
    }
}
