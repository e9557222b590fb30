/* yaml_scalar: recognizes null, bools, numbers and timestamps in plain scalars. */
#include "yaml_scalar.h"

#include "base64.h"
#include "str_quote.h"
#include "timestamp.h"
#include "utf8.h"

#include <math.h>

#define TAG_PREFIX "tag:yaml.org,2002:"

typedef struct YamlWord {
    const char *text;
    bool value;
} YamlWord;

static const YamlWord bool_words[] = {
    {"y", true},      {"Y", true},      {"yes", true},  {"Yes", true},  {"YES", true},
    {"on", true},     {"On", true},     {"ON", true},   {"true", true}, {"True", true},
    {"TRUE", true},   {"n", false},     {"N", false},   {"no", false},  {"No", false},
    {"NO", false},    {"off", false},   {"Off", false}, {"OFF", false}, {"false", false},
    {"False", false}, {"FALSE", false},
};

static bool scalar_bool(Str text, Value *out) {
    for (size_t i = 0; i < ARRAY_COUNT(bool_words); i++) {
        if (!str_equal_cstr(text, bool_words[i].text))
            continue;
        *out = value_bool(bool_words[i].value);
        return true;
    }
    return false;
}

static bool is_word_of(Str text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_equal_cstr(text, words[i]))
            return true;
    return false;
}

static bool scalar_null(Str text, Value *out) {
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    *out = value_null(&TYPE_DYNAMIC);
    return is_word_of(text, words, ARRAY_COUNT(words));
}

static uint32_t digit_of(char c) {
    int lower = tolower((unsigned char)c);
    return isdigit(lower)   ? (uint32_t)(lower - '0')
           : isalpha(lower) ? (uint32_t)(lower - 'a' + 10)
                            : 99;
}

/* Reads at least one digit of a base up to 36. Returns false if the number is above `max`. */
static bool scalar_read_digits(Str digits, uint32_t base, uint64_t max, uint64_t *out) {
    *out = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint32_t digit = digit_of(digits.ptr[i]);
        if (digit >= base || *out > (max - digit) / base)
            return false;
        *out = *out * base + digit;
    }
    return digits.len > 0;
}

/* Reads the digits of 0x1f or 0o17 without their prefix. */
static bool scalar_based(Str digits, uint32_t base, bool is_negative, Value *out) {
    uint64_t number;
    if (!scalar_read_digits(digits, base, INT64_MAX, &number))
        return false;
    *out = value_int(is_negative ? -(int64_t)number : (int64_t)number);
    return true;
}

static size_t digits_at(Str text, size_t at) {
    size_t end = at;
    while (end < text.len && isdigit((unsigned char)text.ptr[end]))
        end++;
    return end - at;
}

/* Accepts an optional sign, digits, a fraction and an exponent. One side of the point may lack
 * digits. */
static bool yaml_scalar_is_decimal(Str text) {
    size_t at = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    size_t whole = digits_at(text, at);
    size_t fraction = 0;
    at += whole;
    if (at < text.len && text.ptr[at] == '.') {
        fraction = digits_at(text, at + 1);
        at += 1 + fraction;
    }
    if (!whole && !fraction)
        return false;
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        at++;
        if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
            at++;
        size_t exponent = digits_at(text, at);
        if (!exponent)
            return false;
        at += exponent;
    }
    return at == text.len;
}

static bool scalar_number(Str text, Value *out, Arena *arena) {
    bool is_negative = str_starts_with(text, STR("-"));
    Str bare = is_negative || str_starts_with(text, STR("+")) ? str_after(text, 1) : text;
    const Number *number = NULL;
    if (str_starts_with(bare, STR("0x")))
        return scalar_based(str_after(bare, 2), 16, is_negative, out);
    if (str_starts_with(bare, STR("0o")))
        return scalar_based(str_after(bare, 2), 8, is_negative, out);
    if (!yaml_scalar_is_decimal(text))
        return false;
    if (str_ends_with(bare, STR(".")))
        bare.len--;
    if (str_starts_with(bare, STR(".")))
        bare = str_concat(STR("0"), bare, arena);
    if (is_negative)
        bare = str_concat(STR("-"), bare, arena);
    if (!number_from_text(bare, &number, arena))
        return false;
    *out = value_from_number(number);
    return true;
}

/* Reads a number of one or two digits and writes two digits. timestamp_parse rejects a missing one.
 */
static bool add_short(Str *rest, StrBuf *out, char separator) {
    size_t count = digits_at(*rest, 0);
    if (count > 2)
        return false;
    if (count == 1)
        strbuf_add_char(out, '0');
    strbuf_add(out, str_slice(*rest, 0, count));
    *rest = str_after(*rest, count);
    if (!separator)
        return true;
    if (!rest->len || rest->ptr[0] != separator)
        return false;
    strbuf_add_char(out, separator);
    *rest = str_after(*rest, 1);
    return true;
}

/* Converts 2006-1-2, 2006-1-2T15:4:5.9Z or 2006-1-2 15:4:5 to RFC 3339. */
static bool scalar_timestamp(Str text, Value *out, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    Str rest = text;
    Timestamp time;
    Str ignored;
    if (digits_at(rest, 0) != 4)
        return false;
    strbuf_add(&buf, str_slice(rest, 0, 5));
    rest = str_after(rest, 5);
    if (!add_short(&rest, &buf, '-') || !add_short(&rest, &buf, '\0'))
        return false;
    if (!rest.len) {
        strbuf_add_cstr(&buf, "T00:00:00Z");
    } else {
        bool has_space = rest.ptr[0] == ' ';
        if (!has_space && rest.ptr[0] != 'T' && rest.ptr[0] != 't')
            return false;
        strbuf_add_char(&buf, 'T');
        rest = str_after(rest, 1);
        if (!add_short(&rest, &buf, ':') || !add_short(&rest, &buf, ':') ||
            !add_short(&rest, &buf, '\0'))
            return false;
        strbuf_add(&buf, rest);
        if (has_space)
            strbuf_add_char(&buf, 'Z');
    }
    Str normal = strbuf_str(&buf);
    if (!timestamp_parse(normal, &time, &ignored, arena))
        return false;
    *out = value_from_str(normal);
    return true;
}

static bool scalar_binary(Str text, Value *out, Arena *arena) {
    Str bytes;
    if (!base64_decode(text, &bytes, arena))
        return false;
    *out = value_string(text, arena);
    return true;
}

static bool scalar_infinity(Str text, Value *out, Arena *arena) {
    static const char *const words[] = {".inf", ".Inf", ".INF"};
    bool is_negative = str_starts_with(text, STR("-"));
    Str bare = is_negative || str_starts_with(text, STR("+")) ? str_after(text, 1) : text;
    if (!is_word_of(bare, words, ARRAY_COUNT(words)))
        return false;
    *out = value_from_number(number_from_double(is_negative ? -INFINITY : INFINITY, arena));
    return true;
}

/* Reads words that have the same meaning with and without a tag. */
static bool scalar_word(Str text, Value *out, Arena *arena) {
    return scalar_null(text, out) || scalar_bool(text, out) || scalar_infinity(text, out, arena);
}

static bool is_nan(Str text) {
    static const char *const words[] = {".nan", ".NaN", ".NAN"};
    return is_word_of(text, words, ARRAY_COUNT(words));
}

static bool fail_number(Str text, Str *error, Arena *arena) {
    *error = str_format(arena, "the number %.*s is not supported", STR_ARG(text));
    return false;
}

static bool fail_tagged(Str text, Str name, Str *error, Arena *arena) {
    *error = str_format(arena, "cannot parse %.*s as !!%.*s", STR_ARG(str_quote(text, arena)),
                        STR_ARG(name));
    return false;
}

static bool scalar_plain(Str text, Value *out, Str *error, Arena *arena) {
    if (is_nan(text))
        return fail_number(text, error, arena);
    if (!scalar_word(text, out, arena) && !scalar_number(text, out, arena) &&
        !scalar_timestamp(text, out, arena))
        *out = value_string(text, arena);
    return true;
}

static Str without_underscores(Str text, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '_')
            strbuf_add_char(&buf, text.ptr[i]);
    return strbuf_str(&buf);
}

/* Reads also 1_000 and 0b11, which are numbers only with a tag. 017 is decimal either way. */
static bool scalar_tagged_number(Str text, Value *out, Arena *arena) {
    Str plain = without_underscores(text, arena);
    if (scalar_number(plain, out, arena))
        return true;
    bool is_negative = str_starts_with(plain, STR("-"));
    Str bare = is_negative || str_starts_with(plain, STR("+")) ? str_after(plain, 1) : plain;
    if (bare.len < 3 || bare.ptr[0] != '0')
        return false;
    uint32_t base = 0;
    switch (tolower((unsigned char)bare.ptr[1])) {
    case 'b': base = 2; break;
    case 'o': base = 8; break;
    case 'x': base = 16; break;
    default: return false;
    }
    return scalar_based(str_after(bare, 2), base, is_negative, out);
}

static bool scalar_tagged(Str name, Str text, Value *out, Str *error, Arena *arena) {
    bool is_good = true;
    if (str_equal(name, STR("null")))
        *out = value_null(&TYPE_DYNAMIC);
    else if (str_equal(name, STR("bool")))
        is_good = scalar_word(text, out, arena);
    else if (str_equal(name, STR("int")) || str_equal(name, STR("float")))
        is_good = scalar_word(text, out, arena) || scalar_tagged_number(text, out, arena);
    else if (str_equal(name, STR("timestamp")))
        is_good = scalar_timestamp(text, out, arena);
    else
        is_good = str_equal(name, STR("binary")) && scalar_binary(text, out, arena);
    return is_good || fail_tagged(text, name, error, arena);
}

bool yaml_scalar_read(Str tag, Str text, bool is_plain, Value *out, Str *error, Arena *arena) {
    if (!tag.len && is_plain)
        return scalar_plain(text, out, error, arena);
    Str name =
        str_starts_with(tag, STR(TAG_PREFIX)) ? str_after(tag, sizeof(TAG_PREFIX) - 1) : STR_EMPTY;
    bool is_string = !tag.len || str_equal(tag, STR("!")) || str_equal(name, STR("str"));
    bool is_number_tag = str_equal(name, STR("int")) || str_equal(name, STR("float")) ||
                         str_equal(name, STR("bool")) || str_equal(name, STR("null"));
    if (is_string || (is_number_tag && !is_plain)) {
        *out = value_string(text, arena);
        return true;
    }
    if (name.len)
        return scalar_tagged(name, text, out, error, arena);
    *error = str_format(arena, "unsupported tag %.*s", STR_ARG(str_quote(tag, arena)));
    return false;
}

/* Reads the digits of an integer of at most 64 bits, with or without sign. */
static bool manifest_digits(Str digits, uint32_t base, bool is_negative, Value *out, Arena *arena) {
    uint64_t number;
    uint64_t max = is_negative ? (uint64_t)INT64_MAX + 1 : UINT64_MAX;
    if (!scalar_read_digits(digits, base, max, &number))
        return false;
    Str text =
        str_format(arena, "%s%llu", is_negative && number ? "-" : "", (unsigned long long)number);
    return value_from_number_text(text, out, arena);
}

/* Reads 17, 0x11, 0b10001, 0o21 or 021. */
static bool manifest_integer(Str text, Value *out, Arena *arena) {
    static const struct {
        const char *prefix;
        uint32_t base;
    } prefixes[] = {{"0x", 16}, {"0X", 16}, {"0b", 2}, {"0B", 2}, {"0o", 8}, {"0O", 8}, {"0", 8}};
    bool is_negative = str_starts_with(text, STR("-"));
    Str bare = is_negative || str_starts_with(text, STR("+")) ? str_after(text, 1) : text;
    for (size_t i = 0; bare.len > 1 && i < ARRAY_COUNT(prefixes); i++) {
        Str prefix = str_from_cstr(prefixes[i].prefix);
        if (str_starts_with(bare, prefix))
            return manifest_digits(str_after(bare, prefix.len), prefixes[i].base, is_negative, out,
                                   arena);
    }
    return manifest_digits(bare, 10, is_negative, out, arena);
}

static bool manifest_float(Str text, Value *out, Arena *arena) {
    Value number;
    if (!yaml_scalar_is_decimal(text) || !scalar_number(text, &number, arena) ||
        isinf(value_to_double(number)))
        return false;
    *out = number;
    return true;
}

/* A number begins with a digit, a sign or a point. */
static bool manifest_number(Str text, Value *out, Arena *arena) {
    if (!text.len || (!isdigit((unsigned char)text.ptr[0]) && !strchr("+-.", text.ptr[0])))
        return false;
    if (text.ptr[0] == '.')
        return manifest_float(text, out, arena);
    Str plain = without_underscores(text, arena);
    return manifest_integer(plain, out, arena) || manifest_float(plain, out, arena);
}

static bool manifest_plain(Str text, Value *out, Str *error, Arena *arena) {
    if (is_nan(text) || scalar_infinity(text, out, arena))
        return fail_number(text, error, arena);
    if (!scalar_null(text, out) && !scalar_bool(text, out) && !manifest_number(text, out, arena))
        *out = value_string(text, arena);
    return true;
}

static bool manifest_binary(Str text, Value *out, Arena *arena) {
    Str bytes;
    if (!base64_decode(text, &bytes, arena) || utf8_valid_prefix(bytes) != bytes.len)
        return false;
    *out = value_string(bytes, arena);
    return true;
}

static bool manifest_tagged(Str name, Str text, Value *out, Str *error, Arena *arena) {
    if (str_equal(name, STR("timestamp"))) {
        *out = value_string(text, arena);
        return true;
    }
    bool is_good = false;
    if (str_equal(name, STR("binary")))
        is_good = manifest_binary(text, out, arena);
    else if (!manifest_plain(text, out, error, arena))
        return false;
    else if (str_equal(name, STR("null")))
        is_good = value_is_null(*out);
    else if (str_equal(name, STR("bool")))
        is_good = !value_is_null(*out) && out->type->kind == KIND_BOOL;
    else if (str_equal(name, STR("int")) || str_equal(name, STR("float")))
        is_good = !value_is_null(*out) && out->type->kind == KIND_NUMBER;
    return is_good || fail_tagged(text, name, error, arena);
}

bool yaml_scalar_read_manifest(Str tag, Str text, bool is_plain, Value *out, Str *error,
                               Arena *arena) {
    if (!tag.len && is_plain)
        return manifest_plain(text, out, error, arena);
    bool is_standard = str_starts_with(tag, STR(TAG_PREFIX));
    Str name = is_standard ? str_after(tag, sizeof(TAG_PREFIX) - 1) : STR_EMPTY;
    if (!tag.len || str_equal(tag, STR("!")) || str_equal(name, STR("str"))) {
        *out = value_string(text, arena);
        return true;
    }
    if (is_standard)
        return manifest_tagged(name, text, out, error, arena);
    *error = str_format(arena, "unsupported tag %.*s", STR_ARG(str_quote(tag, arena)));
    return false;
}

/* Converts a decimal to JSON form: no plus sign, no leading zeros, digits on both sides of the
 * point. */
static Str plain_decimal(Str text, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    size_t at = text.ptr[0] == '-' || text.ptr[0] == '+';
    size_t whole = digits_at(text, at);
    if (text.ptr[0] == '-')
        strbuf_add_char(&buf, '-');
    for (; whole > 1 && text.ptr[at] == '0'; whole--)
        at++;
    strbuf_add(&buf, whole ? str_slice(text, at, at + whole) : STR("0"));
    at += whole;
    if (at < text.len && text.ptr[at] == '.') {
        size_t fraction = digits_at(text, at + 1);
        if (fraction)
            strbuf_add(&buf, str_slice(text, at, at + 1 + fraction));
        at += 1 + fraction;
    }
    strbuf_add(&buf, str_after(text, at));
    return strbuf_str(&buf);
}

/* Converts the digits of an integer of any size to decimal. */
static bool core_integer(Str digits, uint32_t base, Str *out, Arena *arena) {
    const Number *factor = number_from_int(base, NUMBER_PRECISION_TEXT, arena);
    const Number *sum = number_from_int(0, NUMBER_PRECISION_TEXT, arena);
    for (size_t i = 0; i < digits.len; i++) {
        uint32_t digit = digit_of(digits.ptr[i]);
        if (digit >= base || digits.len > 128)
            return false;
        sum = number_add(number_multiply(sum, factor, arena),
                         number_from_int(digit, NUMBER_PRECISION_TEXT, arena), arena);
    }
    *out = number_to_text(sum, arena);
    return digits.len > 0;
}

YamlCoreType yaml_scalar_core(Str text, Str *number, Arena *arena) {
    Value value;
    if (scalar_null(text, &value))
        return YAML_CORE_NULL;
    if (strchr("tTfF", text.ptr[0]) && scalar_bool(text, &value))
        return value_is_true(value) ? YAML_CORE_TRUE : YAML_CORE_FALSE;
    if (is_nan(text) || scalar_infinity(text, &value, arena))
        return YAML_CORE_NOT_FINITE;
    bool is_decimal = yaml_scalar_is_decimal(text);
    if (is_decimal)
        *number = plain_decimal(text, arena);
    bool is_number =
        is_decimal ||
        (str_starts_with(text, STR("0o")) && core_integer(str_after(text, 2), 8, number, arena)) ||
        (str_starts_with(text, STR("0x")) && core_integer(str_after(text, 2), 16, number, arena));
    return is_number ? YAML_CORE_NUMBER : YAML_CORE_STRING;
}
