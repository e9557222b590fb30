/* function_call: calls a function; the helpers below are for its `run`.
 *
 * Arguments are converted to the parameters' types before a call. Unless a parameter's flags allow
 * it, a null is an error and an unknown makes the result unknown. Likewise, marks move from the
 * argument to the result. */
#pragma once

#include "function.h"

/* Calls the function on values that have the parameters' types. Handles nulls, unknowns and marks
 * as described above. May replace the call's arguments. On failure returns false and sets *error,
 * as `run` does. */
MUST_USE bool function_call(FunctionCall *call, Value *out, Str *error);
/* For `run`: returns argument i, a string; sets a string as the result (always returns true). */
Str function_text(const FunctionCall *call, size_t i);
bool function_give_text(const FunctionCall *call, Str text, Value *out);
/* For `run`: sets the result (always returns true). */
static inline bool function_give(Value value, Value *out) {
    *out = value;
    return true;
}
/* For `run`: sets *error and the argument at fault (SIZE_MAX: none). If an argument is secret,
 * masks everything that the format inserts. Always returns false. */
bool function_fail(FunctionCall *call, size_t argument, Str *error, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Returns the unknown result of a function that found unknowns inside its arguments. */
Value function_unknown(const FunctionCall *call, const Type *type);
/* Charges the evaluation's budget. Returns false and sets *error if the result would be too
 * large. */
MUST_USE bool function_spend(const FunctionCall *call, size_t elements, size_t bytes, Str *error);
/* For functions that write or walk a whole value: returns false and sets *error if it exceeds the
 * budget. */
MUST_USE bool function_check_room(const FunctionCall *call, Value value, Str *error);
