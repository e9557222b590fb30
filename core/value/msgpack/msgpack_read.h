/* msgpack_read: values from the encoding that Terraform and its providers exchange (DynamicValue).
 *
 * The type comes from a schema. Where it is dynamic, the encoding holds the type of the value. */
#pragma once

#include "path.h"

/* Maximum nesting of a value; deeper ones are errors. Types of schemas are less deep. */
#define MSGPACK_DEPTH_MAX 128

/* Reads a value of the given type. Strings are views of the bytes,
 * unless they are not UTF-8: then U+FFFD replaces each invalid byte. An object must have exactly
 * the attributes of its type. On failure *error says where and why, as the end of a sentence. */
MUST_USE bool msgpack_read(Str bytes, const Type *type, Value *out, Str *error, Arena *arena);
