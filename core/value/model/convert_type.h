/* convert_type: finds which conversions exist between types, without values.
 *
 * A safe conversion works for every value and loses nothing (number to string). An unsafe one may
 * fail for some values, or lose order and duplicates (string to number, list to set). */
#pragma once

#include "type.h"

typedef enum ConvertSafety { CONVERT_SAFE, CONVERT_UNSAFE } ConvertSafety;

/* Returns true if a conversion exists. CONVERT_UNSAFE includes safe ones. `arena` holds temporary
 * unified types. */
bool convert_type_is_possible(const Type *from, const Type *to, ConvertSafety safety, Arena *arena);
/* Returns `to` with its dynamic parts replaced from `from`, where those are known: the type of a
 * null or unknown after its conversion. */
const Type *convert_type_resolve(const Type *from, const Type *to, Arena *arena);
/* Returns the element type to which the parts of a tuple or object unify for a collection of kind
 * `to`; NULL if none. */
const Type *convert_type_unify_parts(const Type *from, TypeKind to, ConvertSafety safety,
                                     Arena *arena);
/* Returns why no conversion exists: "tuple required, but have string". */
Str convert_type_mismatch(const Type *have, const Type *want, Arena *arena);
/* Returns the type to which all of them convert, or NULL if none. */
const Type *convert_type_unify(const Type *const *types, size_t count, ConvertSafety safety,
                               Arena *arena);
