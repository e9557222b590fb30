/* convert: the conversions of the language, with the same results and the same refusals as cty.
 *
 * Conversion is lossless or an error, keeps marks and unknowns, and applies the "optional" markers
 * of an object constraint (absent → null). Defaults of optional attributes are config's business.
 */
#pragma once

#include "path.h"

typedef struct ConvertError {
    Path path;   /* where inside the value */
    Str message; /* "a number is required", "attribute \"x\" is required" */
} ConvertError;

/* `type` may be or hold dynamic ("any"): such places take the value's own types, elements of a
 * collection unified. On failure *error is filled in and *out untouched. */
MUST_USE bool convert_value(
    Value v, const Type *type, Value *out, ConvertError *error, Arena *arena);
/* The same for a tuple (object) whose type was unified with that of a list (map). As upstream, its
 * parts stay what they are where `type` leaves that open, and then must be of one type. */
MUST_USE bool convert_value_strictly(
    Value v, const Type *type, Value *out, ConvertError *error, Arena *arena);
/* The type that values of all these convert to, even where some values of one fail; NULL when there
 * is none. */
const Type *convert_unify(const Type *const *types, size_t count, Arena *arena);
