/* function_call: calls a function, and what its `run` may use.
 *
 * Before a call, arguments are converted to the parameters' types. Unless a parameter allows it, a
 * null is an error, an unknown makes the result unknown, and marks are taken off and put on the
 * result. */
#pragma once

#include "function.h"

/* Calls it on values that have the parameters' types: nulls, unknowns and marks as described above.
 * The call's arguments may be replaced. False: *error says what is wrong, as with `run`. */
MUST_USE bool function_call(FunctionCall *call, Value *out, Str *error);
/* For `run`: argument i, a string; and a string as the result, which always is true. */
Str function_text(const FunctionCall *call, size_t i);
bool function_give_text(const FunctionCall *call, Str text, Value *out);
/* For `run`: sets *error and the argument to blame (SIZE_MAX: none); always false. */
bool function_fail(FunctionCall *call, size_t argument, Str *error, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* The unknown result of a function that has seen unknowns inside its arguments. */
Value function_unknown(const FunctionCall *call, const Type *type);
/* Takes from the evaluation's budget; false, with *error, when the result would be too big. */
MUST_USE bool function_spend(const FunctionCall *call, size_t elements, size_t bytes, Str *error);
/* For what writes or walks a whole value: false, with *error, when it is too big for the budget. */
MUST_USE bool function_check_room(const FunctionCall *call, Value value, Str *error);
