/* render_yaml: multi-line strings that are compared as YAML. */
#pragma once

#include "value.h"

/* Returns true if each text is one YAML document with more than words, their data differs and their
 * comments do not. All other texts are compared line by line. */
MUST_USE bool render_yaml_read(Str before, Str after, Value *out_before, Value *out_after,
                               Arena *arena);
