/* format: format and formatlist, which format values as printf does. GMP and MPFR produce the
 * digits of numbers; this file adds signs, prefixes and zeros. */
#include "arithmetic.h"
#include "functions.h"
#include "json.h"
#include "json_codec.h"
#include "refinement.h"
#include "sequence.h"
#include "utf8.h"

#include <gmp.h>
#include <mpfr.h>

typedef struct FormatVerb {
    Str raw;         /* source text, as "%5.1f" */
    size_t offset;   /* position of `raw` in the format */
    size_t argument; /* from 1; 0: the next argument */
    char mode;
    bool zero, sharp, plus, minus, space;
    bool has_width, has_precision;
    uint32_t width;
    uint32_t precision;
} FormatVerb;

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

/* Formats with v (the fewest digits, with an exponent where %g has one), a whole number with
 * d b o x X, or any number with e E f g G. The result of v is not padded to the width. */
static Str format_number(const FormatVerb *verb, Value number, Arena *arena) {
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

#define WIDTH_MAX 100000

static char format_char(Str format, size_t at) {
    return at < format.len ? format.ptr[at] : '\0';
}

static bool format_flag(FormatVerb *verb, char c) {
    switch (c) {
    case '0': verb->zero = true; return true;
    case '#': verb->sharp = true; return true;
    case '+': verb->plus = true; return true;
    case '-': verb->minus = true; return true;
    case ' ': verb->space = true; return true;
    default: return false;
    }
}

static bool format_digits(Str format, size_t *at, uint32_t *out) {
    size_t start = *at;
    *out = 0;
    while (isdigit((unsigned char)format_char(format, *at))) {
        uint32_t digit = (uint32_t)(format.ptr[(*at)++] - '0');
        if (*out <= WIDTH_MAX)
            *out = *out * 10 + digit;
    }
    return *at > start;
}

static bool format_bad_character(FunctionCall *call, Str format, size_t at, Str *error) {
    size_t width = 1;
    if (at >= format.len)
        return function_fail(call, 0, error, "unexpected end of string");
    utf8_decode(format, at, &width);
    return function_fail(call, 0, error, "unrecognized format character '%.*s' at offset %zu",
                         (int)width, format.ptr + at, at);
}

/* Reads [n] if present. */
static bool format_argument_index(FunctionCall *call, Str format, size_t *at, FormatVerb *verb,
                                  Str *error) {
    uint32_t number = 0;
    if (format_char(format, *at) != '[')
        return true;
    ++*at;
    if (format_char(format, *at) == '0' || !format_digits(format, at, &number))
        return format_bad_character(call, format, *at, error);
    if (format_char(format, *at) != ']')
        return format_bad_character(call, format, *at, error);
    ++*at;
    verb->argument = number;
    return true;
}

/* Reads a verb. *at is at its %, and moves after the verb. */
static bool format_read_verb(FunctionCall *call, Str format, size_t *at, FormatVerb *verb,
                             Str *error) {
    *verb = (FormatVerb){.offset = (*at)++};
    if (!format_argument_index(call, format, at, verb, error))
        return false;
    while (format_flag(verb, format_char(format, *at)))
        ++*at;
    verb->has_width = format_digits(format, at, &verb->width);
    if (format_char(format, *at) == '.') {
        ++*at;
        format_digits(format, at, &verb->precision);
        verb->has_precision = true;
    }
    if (!format_argument_index(call, format, at, verb, error))
        return false;
    verb->mode = format_char(format, *at);
    bool is_percent = verb->mode == '%' && *at == verb->offset + 1;
    if (!isalpha((unsigned char)verb->mode) && !is_percent)
        return format_bad_character(call, format, *at, error);
    ++*at;
    verb->raw = str_slice(format, verb->offset, *at);
    if (verb->width <= WIDTH_MAX && verb->precision <= WIDTH_MAX)
        return true;
    return function_fail(call, 0, error, "the width or precision in \"%.*s\" is too big",
                         STR_ARG(verb->raw));
}

static Str format_pad(const FormatVerb *verb, Str text, Arena *arena) {
    size_t length = utf8_grapheme_count(text);
    if (!verb->has_width || length >= verb->width)
        return text;
    StrBuf buf = strbuf_new(arena);
    if (verb->minus)
        strbuf_add(&buf, text);
    strbuf_add_repeat(&buf, verb->zero && !verb->minus ? '0' : ' ', verb->width - length);
    if (!verb->minus)
        strbuf_add(&buf, text);
    return strbuf_str(&buf);
}

static Str format_truncate(const FormatVerb *verb, Str text) {
    size_t at = 0;
    if (!verb->has_precision)
        return text;
    for (uint32_t i = 0; i < verb->precision && at < text.len; i++)
        at = utf8_grapheme_end(text, at);
    return str_slice(text, 0, at);
}

static Str format_quote(Str text, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    JsonWriter *writer = arena_new(arena, JsonWriter);
    json_writer_init(writer, &buf, 0);
    json_write_string(writer, text);
    return strbuf_str(&buf);
}

static Str format_any(const FormatVerb *verb, Value value, Arena *arena) {
    Str text;
    if (value_is_present(value) && !verb->sharp && value.type == &TYPE_STRING) {
        text = value_text(value);
    } else if (value_is_present(value) && !verb->sharp && value.type == &TYPE_NUMBER) {
        text = format_number(verb, value, arena);
    } else {
        text = json_codec_encode(value, arena);
    }
    return format_pad(verb, text, arena);
}

static const Type *format_verb_type(char mode) {
    if (mode == 's' || mode == 'q')
        return &TYPE_STRING;
    if (mode == 't')
        return &TYPE_BOOL;
    return mode && strchr("bdoxXeEfgG", mode) ? &TYPE_NUMBER : NULL;
}

static Str format_typed(const FormatVerb *verb, Value value, Arena *arena) {
    switch (verb->mode) {
    case 's': return format_pad(verb, format_truncate(verb, value_text(value)), arena);
    case 'q':
        return format_pad(verb, format_quote(format_truncate(verb, value_text(value)), arena),
                          arena);
    case 't': return format_pad(verb, value_is_true(value) ? STR("true") : STR("false"), arena);
    default: return format_pad(verb, format_number(verb, value, arena), arena);
    }
}

/* On failure returns false and sets *why to the fault of the value. */
static bool format_value(const FormatVerb *verb, Value value, StrBuf *out, Str *why, Arena *arena) {
    ConvertError failure;
    if (verb->mode == 'v') {
        strbuf_add(out, format_any(verb, value, arena));
        return true;
    }
    *why = STR("null value cannot be formatted");
    if (value_is_null(value))
        return false;
    if (!convert_value(value, format_verb_type(verb->mode), &value, &failure, arena)) {
        *why = failure.message;
        return false;
    }
    *why = STR("an integer is required");
    if (strchr("bdoxX", verb->mode) && !arithmetic_is_integer(value))
        return false;
    strbuf_add(out, format_typed(verb, value, arena));
    return true;
}

typedef struct Formatting {
    FunctionCall *call;
    const Value *arguments;
    size_t count;
    size_t next;    /* argument of the next verb without an index */
    size_t highest; /* last argument used */
    StrBuf out;
} Formatting;

static bool formatting_add(Formatting *formatting, FormatVerb *verb, Str *error) {
    FunctionCall *call = formatting->call;
    Str why;
    if (verb->mode == '%') {
        strbuf_add_char(&formatting->out, '%');
        return true;
    }
    if (verb->mode != 'v' && !format_verb_type(verb->mode))
        return function_fail(call, 0, error,
                             "unsupported format verb '%c' in \"%.*s\" at offset %zu", verb->mode,
                             STR_ARG(verb->raw), verb->offset);
    size_t number = verb->argument ? verb->argument : formatting->next;
    formatting->next = number + 1;
    if (number > formatting->count)
        return function_fail(
            call, 0, error,
            "not enough arguments for \"%.*s\" at %zu: need index %zu but have %zu total",
            STR_ARG(verb->raw), verb->offset, number, formatting->count);
    if (number > formatting->highest)
        formatting->highest = number;
    if (format_value(verb, formatting->arguments[number - 1], &formatting->out, &why, call->arena))
        return true;
    return function_fail(call, number, error, "unsupported value for \"%.*s\" at %zu: %.*s",
                         STR_ARG(verb->raw), verb->offset, STR_ARG(why));
}

static bool formatting_check_used(const Formatting *formatting, Str *error) {
    if (formatting->highest >= formatting->count)
        return true;
    if (formatting->highest == 0)
        return function_fail(formatting->call, 1, error,
                             "too many arguments; no verbs in format string");
    return function_fail(formatting->call, formatting->highest + 1, error,
                         "too many arguments; only %zu used by format string", formatting->highest);
}

static bool format_run(FunctionCall *call, const Value *arguments, size_t count, Str *out,
                       Str *error) {
    Str format = function_text(call, 0);
    Formatting formatting = {.call = call,
                             .arguments = arguments,
                             .count = count,
                             .next = 1,
                             .out = strbuf_new(call->arena)};
    for (size_t at = 0; at < format.len;) {
        size_t end = str_find_char(format, '%', at);
        if (end == SIZE_MAX)
            end = format.len;
        strbuf_add(&formatting.out, str_slice(format, at, end));
        at = end;
        FormatVerb verb;
        if (at < format.len && (!format_read_verb(call, format, &at, &verb, error) ||
                                !formatting_add(&formatting, &verb, error))) {
            call->failed_argument =
                SIZE_MAX; /* the verb does not fit its argument; neither alone is at fault */
            return false;
        }
    }
    if (!formatting_check_used(&formatting, error))
        return false;
    *out = strbuf_str(&formatting.out);
    return function_spend(call, 0, out->len, error);
}

/* The result begins with the format's text before the first verb. */
static Value format_unknown(const FunctionCall *call) {
    Str format = function_text(call, 0);
    Refinement refinement = refinement_any();
    Str begin = str_slice(format, 0, str_find_char(format, '%', 0));
    refinement.prefix = utf8_settled_prefix(begin, call->arena);
    refinement.not_null = true;
    return refinement_to_value(&TYPE_STRING, refinement, call->arena);
}

static bool format_call(FunctionCall *call, Value *out, Str *error) {
    Str text;
    for (size_t i = 1; i < call->count; i++) {
        if (value_is_wholly_known(call->arguments[i]))
            continue;
        return function_give(format_unknown(call), out);
    }
    if (!format_run(call, call->arguments + 1, call->count - 1, &text, error))
        return false;
    return function_give(value_string(text, call->arena), out);
}

static bool is_iterated(Value v) {
    return !value_is_null(v) && type_is_sequence(v.type);
}

typedef struct FormatList {
    size_t count;  /* number of results */
    size_t chosen; /* argument that determined `count`; 0: none */
    bool is_unknown;
} FormatList;

static bool formatlist_count(FunctionCall *call, FormatList *list, Str *error) {
    list->count = 1;
    for (size_t i = 1; i < call->count; i++) {
        Value value = call->arguments[i];
        if (!is_iterated(value)) {
            if (!value_is_known(value) && value.type == &TYPE_DYNAMIC)
                list->is_unknown = true;
            continue;
        }
        if (!value_is_known(value))
            list->is_unknown = true;
        if (!sequence_has_count(value)) {
            list->is_unknown = true;
            continue;
        }
        size_t count = sequence_count(value);
        if (list->chosen && count != list->count)
            return function_fail(
                call, i, error,
                "argument %zu has length %zu, which is inconsistent with argument %zu of "
                "length %zu",
                i, count, list->chosen, list->count);
        if (!list->chosen)
            list->chosen = i;
        list->count = count;
    }
    return true;
}

static bool formatlist_item(FunctionCall *call, size_t i, Value *out, Str *error) {
    size_t count = call->count - 1;
    Value *arguments = arena_new_array(call->arena, Value, count);
    Str text;
    Str why;
    *out = function_unknown(call, &TYPE_STRING);
    for (size_t k = 0; k < count; k++) {
        Value value = call->arguments[k + 1];
        arguments[k] = is_iterated(value) ? value_at(value, i) : value;
        if (!value_is_wholly_known(arguments[k]))
            return true;
    }
    if (!format_run(call, arguments, count, &text, &why)) {
        size_t failed = call->failed_argument;
        return function_fail(call, failed, error, "error on format iteration %zu: %.*s", i,
                             STR_ARG(why));
    }
    return function_give(value_string(text, call->arena), out);
}

static bool format_formatlist(FunctionCall *call, Value *out, Str *error) {
    FormatList list = {0};
    if (!formatlist_count(call, &list, error))
        return false;
    if (list.is_unknown)
        return function_give(function_unknown(call, &TYPE_LIST_OF_STRING), out);
    if (!function_spend(call, list.count, 0, error))
        return false;
    Value *items = arena_new_array(call->arena, Value, list.count);
    for (size_t i = 0; i < list.count; i++)
        if (!formatlist_item(call, i, &items[i], error))
            return false;
    return function_give(value_list(&TYPE_STRING, items, list.count, call->arena), out);
}

/* clang-format off */
static const Function format_functions[] = {
    {
        .name = "format",
        PARAMETERS({"format", &TYPE_STRING}),
        VARIADIC({"args", &TYPE_DYNAMIC, PARAMETER_ANY}),
        .type = &TYPE_STRING,
        .run = format_call,
        .description = "The text with its verbs replaced by values, as in printf: %s %d %f %q %v ...",
        .example = "format(\"Hello, %s! %04d\", \"Ander\", 42) = \"Hello, Ander! 0042\"",
    },
    {
        .name = "formatlist", .blames_call = true,
        PARAMETERS({"format", &TYPE_STRING}),
        VARIADIC({"args", &TYPE_DYNAMIC, PARAMETER_ANY}),
        .type = &TYPE_LIST_OF_STRING,
        .run = format_formatlist,
        .description = "Like format, once for each element of the lists among the arguments.",
        .example = "formatlist(\"%s-%s\", [\"a\", \"b\"], \"c\") = tolist([\"a-c\", \"b-c\"])",
    },
};
/* clang-format on */

const FunctionFamily functions_format = {format_functions, ARRAY_COUNT(format_functions)};
