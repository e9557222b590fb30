/* random_octets: secret bytes in two encodings; shared by the resource and the ephemeral resource
 * random_bytes. */
#pragma once

#include "object_builder.h"

/* clang-format off */
#define RANDOM_OCTETS_ATTRIBUTES(flags)                                                            \
    {"length", &TYPE_NUMBER, REQUIRED | (flags), "Number of bytes.", .check = random_octets_check_length}, \
    {"base64", &TYPE_STRING, COMPUTED | SENSITIVE, "The bytes in base64."},                        \
    {"hex",    &TYPE_STRING, COMPUTED | SENSITIVE, "The bytes in hex."}
/* clang-format on */

Str random_octets_check_length(Value value, Arena *arena);
/* Returns `arguments` with `length` random bytes. */
Value random_octets_draw(Value arguments, Arena *arena);
/* Sets the encodings of `bytes`; returns the object. */
Value random_octets_describe(ObjectBuilder *builder, Str bytes, Arena *arena);
