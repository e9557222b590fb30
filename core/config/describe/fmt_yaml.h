/* fmt_yaml: formats the template sequences ("${…}") of a YAML file and leaves everything else
 * unchanged. */
#pragma once

#include "diag.h"

/* Fails if the file cannot be parsed as YAML. */
MUST_USE bool fmt_yaml(const SourceText *source, Str *out, Arena *arena, Diags *diags);
