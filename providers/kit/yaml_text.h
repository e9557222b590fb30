/* yaml_text: a value as block-style YAML for simple parsers: one scalar per line, strings in double
 * quotes, plain keys where possible, empty collections as [] and {}. */
#pragma once

#include "value.h"

/* Returns a string unchanged, any other value as YAML. The value is wholly known. */
Str yaml_text_of(Value value, Arena *arena);
