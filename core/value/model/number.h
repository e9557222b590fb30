/* Number: a binary float with its own precision, as the conformance vectors require.
 *
 * Values hold 64-bit integers inline (value.h); Number is for all others. Precision in bits:
 * 512 for numbers read from text, 64 for integers that functions make, 53 for doubles. Rounding is
 * to nearest, ties to even. MPFR does the arithmetic. Numbers are immutable and live in an arena.
 */
#pragma once

#include "str.h"

typedef struct Number Number;

#define NUMBER_PRECISION_TEXT   512
#define NUMBER_PRECISION_INT    64
#define NUMBER_PRECISION_DOUBLE 53

const Number *number_from_int(int64_t value, uint32_t precision, Arena *arena);
const Number *number_from_double(double value, Arena *arena);
/* Reads decimal text with optional fraction and exponent; returns false if it is not a number or
 * has more than about a million digits. */
MUST_USE bool number_from_text(Str text, const Number **out, Arena *arena);
uint32_t number_precision(const Number *number);
/* Returns the fewest decimal digits that read back as the same value at its precision. Writes an
 * exponent only beyond a million digits; infinities are "+Inf" and "-Inf". */
Str number_to_text(const Number *number, Arena *arena);
/* Returns the number with `digits` digits, as %g formats it. */
Str number_to_rounded_text(const Number *number, uint32_t digits, Arena *arena);
/* Returns true and sets *out if the number is an integer in range. */
bool number_to_int(const Number *number, int64_t *out);
double number_to_double(const Number *number);
bool number_is_integer(const Number *number);
/* -0 equals 0, but keeps its sign in text. */
bool number_is_negative_zero(const Number *number);
/* Infinity comes from number_from_double: the language divides by zero without number_divide. */
bool number_is_infinite(const Number *number);
/* Returns true if the text can be read again: not infinite, and at most about a million digits. */
bool number_has_text(const Number *number);
int number_compare(const Number *a, const Number *b);
int number_compare_int(const Number *a, int64_t b);
int number_sign(const Number *number);
const Number *number_clone(const Number *number, Arena *arena);

const Number *number_add(const Number *a, const Number *b, Arena *arena);
const Number *number_subtract(const Number *a, const Number *b, Arena *arena);
const Number *number_multiply(const Number *a, const Number *b, Arena *arena);
/* `b` must not be zero. */
const Number *number_divide(const Number *a, const Number *b, Arena *arena);
const Number *number_modulo(const Number *a, const Number *b, Arena *arena);
const Number *number_negate(const Number *a, Arena *arena);
