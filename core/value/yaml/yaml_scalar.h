/* yaml_scalar: converts a YAML scalar to a value, by its tag or its form. */
#pragma once

#include "value.h"

/* An empty `tag` means no tag. On failure returns false and sets *error. */
MUST_USE bool yaml_scalar_read(Str tag, Str text, bool is_plain, Value *out, Str *error,
                               Arena *arena);
/* Reads a scalar as kubectl does: 017 is octal, 1_000 a number, a timestamp a string as written,
 * and a tag counts in quotes too. */
MUST_USE bool yaml_scalar_read_manifest(Str tag, Str text, bool is_plain, Value *out, Str *error,
                                        Arena *arena);
