/* The rules of apimachinery's resource.Quantity. An amount has a unit of powers of ten with a
 * letter (500m), of powers of ten as an exponent (5e-1), or of powers of 1024 (128Mi). Amounts
 * below a billionth are rounded up. Some texts that are not canonical are stored as they are, as in
 * apimachinery: see is_stored_as_written. */
#include "quantity.h"

typedef __int128 Integer;

enum {
    DIGITS_MAX = 28,
    BINARY_DIGITS_MAX = 18, /* times 2^60 fits an Integer */
    FAST_DIGITS_MAX = 18,
    EXPONENT_MAX = 300,
    NANO = -9,
};

typedef enum QuantityFormat { FORMAT_DECIMAL, FORMAT_EXPONENT, FORMAT_BINARY } QuantityFormat;

/* The value is ± digits × 10^scale × 2^shift; after normalize ± mantissa × 10^scale. */
typedef struct Quantity {
    Str digits; /* without leading zeros and point; at least one */
    size_t whole_count;
    bool is_negative;
    QuantityFormat format;
    int scale; /* of the unit; after normalize, of the mantissa */
    int shift;
    Integer mantissa;
} Quantity;

typedef struct QuantityUnit {
    const char *text;
    QuantityFormat format;
    int exponent; /* of 10, or of 2 */
} QuantityUnit;

static const QuantityUnit units[] = {
    {"n", FORMAT_DECIMAL, -9}, {"u", FORMAT_DECIMAL, -6}, {"m", FORMAT_DECIMAL, -3},
    {"", FORMAT_DECIMAL, 0},   {"k", FORMAT_DECIMAL, 3},  {"M", FORMAT_DECIMAL, 6},
    {"G", FORMAT_DECIMAL, 9},  {"T", FORMAT_DECIMAL, 12}, {"P", FORMAT_DECIMAL, 15},
    {"E", FORMAT_DECIMAL, 18}, {"Ki", FORMAT_BINARY, 10}, {"Mi", FORMAT_BINARY, 20},
    {"Gi", FORMAT_BINARY, 30}, {"Ti", FORMAT_BINARY, 40}, {"Pi", FORMAT_BINARY, 50},
    {"Ei", FORMAT_BINARY, 60},
};

static bool read_exponent(Str text, Quantity *out) {
    int64_t exponent;
    if (text.len < 2 || (text.ptr[0] != 'e' && text.ptr[0] != 'E'))
        return false;
    Str digits = str_after(text, text.ptr[1] == '+' ? 2 : 1);
    if (!str_to_int64(digits, &exponent) || exponent < -EXPONENT_MAX || exponent > EXPONENT_MAX)
        return false;
    out->format = FORMAT_EXPONENT;
    out->scale = (int)exponent;
    return true;
}

static bool quantity_read_unit(Str text, Quantity *out) {
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        if (!str_equal_cstr(text, units[i].text))
            continue;
        bool is_binary = units[i].format == FORMAT_BINARY;
        out->format = units[i].format;
        out->scale = is_binary ? 0 : units[i].exponent;
        out->shift = is_binary ? units[i].exponent : 0;
        return true;
    }
    return read_exponent(text, out);
}

static bool read_quantity(Str text, Quantity *out, Arena *arena) {
    *out = (Quantity){.is_negative = str_starts_with(text, STR("-"))};
    size_t start = out->is_negative || str_starts_with(text, STR("+"));
    while (start < text.len && text.ptr[start] == '0')
        start++;
    size_t end = str_skip_digits(text, start);
    Str whole = str_slice(text, start, end);
    Str fraction = STR_EMPTY;
    if (!whole.len)
        whole = STR("0");
    if (end < text.len && text.ptr[end] == '.') {
        size_t after = str_skip_digits(text, end + 1);
        fraction = str_slice(text, end + 1, after);
        end = after;
    }
    out->digits = str_concat(whole, fraction, arena);
    out->whole_count = whole.len;
    if (!text.len || !quantity_read_unit(str_after(text, end), out) ||
        out->digits.len > (out->shift ? BINARY_DIGITS_MAX : DIGITS_MAX))
        return false;
    for (size_t i = 0; i < out->digits.len; i++)
        out->mantissa = out->mantissa * 10 + (out->digits.ptr[i] - '0');
    return true;
}

static int fraction_count(const Quantity *quantity) {
    return (int)(quantity->digits.len - quantity->whole_count);
}

/* Apimachinery keeps the text of numbers that it takes for canonical; it does not look at signs,
 * leading zeros and a final point ("+5", "007", "1."). */
static bool is_stored_as_written(const Quantity *quantity) {
    int count = (int)quantity->digits.len;
    if (quantity->format == FORMAT_BINARY) {
        int room = 14 - count - quantity->shift * 3 / 10;
        return !fraction_count(quantity) && room >= 0 && (quantity->mantissa & 7) != 0;
    }
    int scale = quantity->scale - fraction_count(quantity);
    return count <= FAST_DIGITS_MAX && scale >= NANO && scale % 3 == 0 &&
           !str_ends_with(quantity->digits, STR("000")) && quantity->digits.ptr[0] != '0';
}

/* Applies unit and decimal point to the mantissa, removes its final zeros, and rounds up to a
 * multiple of 10^NANO. */
static void normalize(Quantity *quantity) {
    quantity->mantissa <<= quantity->shift;
    quantity->scale -= fraction_count(quantity);
    while (quantity->mantissa && quantity->mantissa % 10 == 0) {
        quantity->mantissa /= 10;
        quantity->scale++;
    }
    while (quantity->mantissa && quantity->scale < NANO) {
        quantity->mantissa = (quantity->mantissa + 9) / 10;
        quantity->scale++;
    }
}

/* Returns the whole number, if the amount is one. */
static bool to_integer(const Quantity *quantity, Integer *out) {
    *out = quantity->mantissa;
    for (int i = 0; i < quantity->scale; i++)
        *out *= 10;
    return quantity->scale >= 0;
}

static Str integer_text(Integer number, Arena *arena) {
    char digits[48];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + (int)(number % 10));
        number /= 10;
    } while (number);
    return str_clone((Str){digits + at, sizeof(digits) - at}, arena);
}

static Str unit_text(QuantityFormat format, int exponent, Arena *arena) {
    if (format == FORMAT_EXPONENT)
        return exponent ? str_format(arena, "e%d", exponent) : STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(units); i++)
        if (units[i].format == format && units[i].exponent == exponent)
            return str_from_cstr(units[i].text);
    return STR_EMPTY;
}

static Str decimal_text(Quantity quantity, Arena *arena) {
    while (quantity.scale % 3) {
        quantity.mantissa *= 10;
        quantity.scale--;
    }
    return str_concat(integer_text(quantity.mantissa, arena),
                      unit_text(quantity.format, quantity.scale, arena), arena);
}

static Str amount_text(Quantity quantity, Arena *arena) {
    Integer amount;
    int exponent = 0;
    if (quantity.format != FORMAT_BINARY)
        return decimal_text(quantity, arena);
    bool is_whole = to_integer(&quantity, &amount);
    if (is_whole && amount > INT64_MAX)
        amount = INT64_MAX;
    if (!is_whole || amount < 1024) {
        quantity.format = FORMAT_DECIMAL;
        return decimal_text(quantity, arena);
    }
    while (amount % 1024 == 0) {
        amount /= 1024;
        exponent += 10;
    }
    return str_concat(integer_text(amount, arena), unit_text(FORMAT_BINARY, exponent, arena),
                      arena);
}

bool quantity_canonical(Str text, Str *out, Arena *arena) {
    Quantity quantity;
    text = str_trim(text);
    if (!read_quantity(text, &quantity, arena))
        return false;
    bool is_zero = quantity.mantissa == 0;
    *out = is_zero ? STR("0") : text;
    if (is_zero || is_stored_as_written(&quantity))
        return true;
    normalize(&quantity);
    *out = amount_text(quantity, arena);
    if (quantity.is_negative)
        *out = str_concat(STR("-"), *out, arena);
    return true;
}
