/* yaml_text: a value as a block of YAML that small readers understand too: a scalar a line, strings
 * in double quotes. */
#pragma once

#include "value.h"

/* A string as it stands; anything else as YAML. Wholly known. */
Str yaml_text_of(Value value, Arena *arena);
