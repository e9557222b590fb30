/* convert: converts values between types, with the results and errors of cty.
 *
 * A conversion that cannot keep the content fails, with two exceptions: a set loses order and
 * duplicates, an object loses attributes that the type lacks. It keeps marks (except on nulls in a
 * set) and unknowns, and sets absent "optional" attributes of an object constraint to null.
 * TypeConstraint applies the defaults of optional attributes. */
#pragma once

#include "path.h"

typedef struct ConvertError {
    Path path;   /* place inside the value */
    Str message; /* "a number is required", "attribute \"x\" is required" */
} ConvertError;

/* Converts `v` to `type`. Where `type` contains dynamic ("any"), the result keeps the value's
 * types; elements of a collection are unified. On failure *error is set and *out is unchanged. */
MUST_USE bool convert_value(Value v, const Type *type, Value *out, ConvertError *error,
                            Arena *arena);
/* Converts a tuple or object whose type was unified with that of a list or map. As in Terraform,
 * elements keep their types where `type` is dynamic, and these types must all be the same. */
MUST_USE bool convert_value_strictly(Value v, const Type *type, Value *out, ConvertError *error,
                                     Arena *arena);
/* Returns the type to which all of these types convert, or NULL if none. Single values may still
 * fail to convert. */
const Type *convert_unify(const Type *const *types, size_t count, Arena *arena);
