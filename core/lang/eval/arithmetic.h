/* arithmetic: + - * / % and order of number values, with a fast path for 64-bit integers. Operands
 * are present (known, not null). Division by zero gives an infinity, as upstream does; what has no
 * answer at all (0/0) is refused. */
#pragma once

#include "value.h"

typedef enum ArithmeticKind {
    ARITHMETIC_ADD,
    ARITHMETIC_SUBTRACT,
    ARITHMETIC_MULTIPLY,
    ARITHMETIC_DIVIDE,
    ARITHMETIC_MODULO,
} ArithmeticKind;

/* False: *error is a phrase that says why. */
MUST_USE bool arithmetic_apply(
    ArithmeticKind kind, Value a, Value b, Value *out, Str *error, Arena *arena);
Value arithmetic_negate(Value a, Arena *arena);
int arithmetic_compare(Value a, Value b, Arena *arena);
int arithmetic_sign(Value a, Arena *arena);
/* As its text begins with a minus: -0 too. */
bool arithmetic_is_negative(Value a);
bool arithmetic_is_finite(Value a);
bool arithmetic_is_integer(Value a);
/* A value of a double; NaN is no number and must not come here. */
Value arithmetic_from_double(double number, Arena *arena);
