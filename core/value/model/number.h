/* Number: a binary float with a precision of its own, as the conformance vectors demand.
 *
 * Values keep numbers that are 64-bit integers inline (value.h) and come here only beyond that.
 * Precision in bits: 512 for what is read from text, 64 for integers that functions make, 53 for
 * doubles. Rounding is to nearest, ties to even. MPFR does the arithmetic. Immutable, in an arena.
 */
#pragma once

#include "str.h"

typedef struct Number Number;

#define NUMBER_PRECISION_TEXT   512
#define NUMBER_PRECISION_INT    64
#define NUMBER_PRECISION_DOUBLE 53

const Number *number_from_int(int64_t value, uint32_t precision, Arena *arena);
const Number *number_from_double(double value, Arena *arena);
/* Decimal text with optional fraction and exponent; false when it is no number. */
MUST_USE bool number_from_text(Str text, const Number **out, Arena *arena);
uint32_t number_precision(const Number *number);
/* The fewest decimal digits that give the value back at its precision, without exponent. */
Str number_to_text(const Number *number, Arena *arena);
/* So many digits, in the style of %g. */
Str number_to_rounded_text(const Number *number, uint32_t digits, Arena *arena);
/* True and *out when it is an integer in range. */
bool number_to_int(const Number *number, int64_t *out);
double number_to_double(const Number *number);
bool number_is_integer(const Number *number);
/* -0 equals 0, but keeps its sign in text. */
bool number_is_negative_zero(const Number *number);
/* What a division by zero gives. */
bool number_is_infinite(const Number *number);
/* Its text can be read again: not infinite, and of about a million digits at most. */
bool number_has_text(const Number *number);
int number_compare(const Number *a, const Number *b);
int number_compare_int(const Number *a, int64_t b);
int number_sign(const Number *number);
const Number *number_clone(const Number *number, Arena *arena);

const Number *number_add(const Number *a, const Number *b, Arena *arena);
const Number *number_subtract(const Number *a, const Number *b, Arena *arena);
const Number *number_multiply(const Number *a, const Number *b, Arena *arena);
/* b is not zero. */
const Number *number_divide(const Number *a, const Number *b, Arena *arena);
const Number *number_modulo(const Number *a, const Number *b, Arena *arena);
const Number *number_negate(const Number *a, Arena *arena);
