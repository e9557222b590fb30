/* Matches the patterns of the YAML 1.2 core schema by hand. */
#include "body_yaml_scalar.h"

static bool scalar_is_one_of(Str text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_equal_cstr(text, words[i]))
            return true;
    return false;
}

static bool has_char(Str text, size_t at, const char *set) {
    return at < text.len && text.ptr[at] != '\0' && strchr(set, text.ptr[at]) != NULL;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool scalar_is_decimal(Str text) {
    size_t at = has_char(text, 0, "+-") ? 1 : 0;
    size_t whole = str_skip_digits(text, at);
    size_t digits = whole - at;
    at = whole;
    if (has_char(text, at, ".")) {
        size_t end = str_skip_digits(text, at + 1);
        digits += end - at - 1;
        at = end;
    }
    if (digits == 0)
        return false;
    if (has_char(text, at, "eE")) {
        at += has_char(text, at + 1, "+-") ? 2 : 1;
        size_t end = str_skip_digits(text, at);
        if (end == at)
            return false;
        at = end;
    }
    return at == text.len;
}

/* Converts a decimal to JSON form: no plus sign, no leading zeros, digits on both sides of the
 * point. */
static Str plain_decimal(Str text, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    size_t at = 0;
    if (has_char(text, 0, "+-")) {
        if (text.ptr[0] == '-')
            strbuf_add_char(&buf, '-');
        at = 1;
    }
    while (has_char(text, at, "0") && at + 1 < text.len && str_skip_digits(text, at + 1) > at + 1)
        at++;
    size_t whole = str_skip_digits(text, at);
    strbuf_add(&buf, whole > at ? str_slice(text, at, whole) : STR("0"));
    at = whole;
    if (has_char(text, at, ".")) {
        size_t end = str_skip_digits(text, at + 1);
        if (end > at + 1)
            strbuf_add(&buf, str_slice(text, at, end));
        at = end;
    }
    strbuf_add(&buf, str_after(text, at));
    return strbuf_str(&buf);
}

static int digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static bool based_number(Str digits, int base, Str *out, Arena *arena) {
    const Number *factor = number_from_int(base, NUMBER_PRECISION_TEXT, arena);
    const Number *sum = number_from_int(0, NUMBER_PRECISION_TEXT, arena);
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digit_of(digits.ptr[i]);
        if (digit >= base || digits.len > 128)
            return false;
        sum = number_add(number_multiply(sum, factor, arena),
                         number_from_int(digit, NUMBER_PRECISION_TEXT, arena), arena);
    }
    *out = number_to_text(sum, arena);
    return digits.len > 0;
}

YamlScalar body_yaml_scalar(Str text, Str *number, Arena *arena) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const trues[] = {"true", "True", "TRUE"};
    static const char *const falses[] = {"false", "False", "FALSE"};
    static const char *const endless[] = {
        ".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf", "+.INF",
        "-.inf", "-.Inf", "-.INF", ".nan",  ".NaN",  ".NAN",
    };
    if (scalar_is_one_of(text, nulls, ARRAY_COUNT(nulls)))
        return YAML_SCALAR_NULL;
    if (scalar_is_one_of(text, trues, ARRAY_COUNT(trues)))
        return YAML_SCALAR_TRUE;
    if (scalar_is_one_of(text, falses, ARRAY_COUNT(falses)))
        return YAML_SCALAR_FALSE;
    if (scalar_is_one_of(text, endless, ARRAY_COUNT(endless)))
        return YAML_SCALAR_NOT_FINITE;
    if (scalar_is_decimal(text)) {
        *number = plain_decimal(text, arena);
        return YAML_SCALAR_NUMBER;
    }
    if (str_starts_with(text, STR("0o")) && based_number(str_after(text, 2), 8, number, arena))
        return YAML_SCALAR_NUMBER;
    if (str_starts_with(text, STR("0x")) && based_number(str_after(text, 2), 16, number, arena))
        return YAML_SCALAR_NUMBER;
    return YAML_SCALAR_STRING;
}
