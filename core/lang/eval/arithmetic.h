/* arithmetic: + - * / % and comparison of number values, with a fast path for 64-bit integers.
 * Operands must be present (known, not null). As in Terraform, division by zero gives infinity, 0/0
 * is an error, and x % 0 is x. */
#pragma once

#include "value.h"

typedef enum ArithmeticKind {
    ARITHMETIC_ADD,
    ARITHMETIC_SUBTRACT,
    ARITHMETIC_MULTIPLY,
    ARITHMETIC_DIVIDE,
    ARITHMETIC_MODULO,
} ArithmeticKind;

/* On failure returns false and sets *error to a phrase. */
MUST_USE bool arithmetic_apply(ArithmeticKind kind, Value a, Value b, Value *out, Str *error,
                               Arena *arena);
Value arithmetic_negate(Value a, Arena *arena);
int arithmetic_compare(Value a, Value b, Arena *arena);
int arithmetic_sign(Value a, Arena *arena);
/* Returns true if the number's text begins with a minus, so also for -0. */
bool arithmetic_is_negative(Value a);
bool arithmetic_is_finite(Value a);
bool arithmetic_is_integer(Value a);
