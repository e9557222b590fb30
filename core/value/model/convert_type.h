/* convert_type: which conversions there are between types, apart from any value.
 *
 * A safe conversion works for every value of its type and loses nothing (number to string); an
 * unsafe one may fail for some, or lose order and duplicates (string to number, list to set). */
#pragma once

#include "type.h"

typedef enum ConvertSafety { CONVERT_SAFE, CONVERT_UNSAFE } ConvertSafety;

/* Is there a conversion, CONVERT_UNSAFE: of either sort? `arena` is for unification on the way. */
bool convert_type_is_possible(const Type *from, const Type *to, ConvertSafety safety, Arena *arena);
/* `to` with its dynamic places filled in from `from`, as far as those are known: the type of a null
 * or unknown after its conversion. */
const Type *convert_type_settle(const Type *from, const Type *to, Arena *arena);
/* What a tuple's elements or an object's attributes unify to as elements of a collection of kind
 * `to` with dynamic elements; NULL: nothing. */
const Type *convert_type_unify_parts(const Type *from,
                                     TypeKind to,
                                     ConvertSafety safety,
                                     Arena *arena);
/* Why there is no conversion: "tuple required, but have string". */
Str convert_type_mismatch(const Type *have, const Type *want, Arena *arena);
/* The type that all of them convert to; NULL: there is none. */
const Type *convert_type_unify(const Type *const *types,
                               size_t count,
                               ConvertSafety safety,
                               Arena *arena);
