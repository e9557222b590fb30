/* sequence: helpers for functions on lists, sets and tuples. */
#pragma once

#include "functions.h"

/* Returns the number of elements of a known sequence. */
size_t sequence_count(Value sequence);
/* Returns true if the number of elements is certain: a set with unknown elements may shrink. */
bool sequence_has_count(Value sequence);
/* Converts a number to an integer. On failure returns false, sets *error and blames the
 * argument. */
MUST_USE bool sequence_integer(FunctionCall *call, size_t argument, int64_t *out, Str *error);
/* Returns the sequence without its own marks, which are added to *marks. */
Value sequence_take_marks(Value sequence, uint8_t *marks);
