/* layout_yaml: a YAML file whose template sequences are laid out, and nothing else of it. */
#pragma once

#include "diag.h"

/* Refused when it cannot be parsed as YAML. */
MUST_USE bool layout_yaml(const Source *source, Str *out, Arena *arena, Diags *diags);
