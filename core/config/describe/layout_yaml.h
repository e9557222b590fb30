/* layout_yaml: formats the template sequences ("${…}") of a YAML file and leaves everything else
 * unchanged. */
#pragma once

#include "diag.h"

/* Fails if the file cannot be parsed as YAML. */
MUST_USE bool layout_yaml(const Source *source, Str *out, Arena *arena, Diags *diags);
