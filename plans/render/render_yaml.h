/* render_yaml: texts of several lines that are best compared as the YAML that they hold. */
#pragma once

#include "value.h"

/* Both are one YAML document that holds more than words, what it holds differs, and nothing but
 * what it holds: comments are the same. Texts so far apart, and those that YAML reads by accident,
 * are better compared line by line. */
MUST_USE bool render_yaml_read(
    Str before, Str after, Value *out_before, Value *out_after, Arena *arena);
