/* yaml_scalar: what a YAML scalar means, by its tag or its looks. */
#pragma once

#include "value.h"

/* `tag` is empty when there is none. False: *error says why. */
MUST_USE bool yaml_scalar_read(
    Str tag, Str text, bool is_plain, Value *out, Str *error, Arena *arena);
