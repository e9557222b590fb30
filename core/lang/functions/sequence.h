/* sequence: what the families about lists, sets and tuples share. */
#pragma once

#include "functions.h"

/* Elements of a known one. */
size_t sequence_count(Value sequence);
/* Elements whose number is certain: a set with unknowns inside may shrink. */
bool sequence_has_count(Value sequence);
/* The type that all can become, though some values may not; NULL: none. */
const Type *sequence_unify(const Type *const *types, size_t count, Arena *arena);
/* A whole number out of a number; false: *error is set and blames the argument. */
MUST_USE bool sequence_integer(FunctionCall *call, size_t argument, int64_t *out, Str *error);
/* The sequence without its own marks, which are added to *marks. */
Value sequence_take_marks(Value sequence, uint8_t *marks);
