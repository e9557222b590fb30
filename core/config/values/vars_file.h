/* vars_file: reads a file of variable values: name = value lines (.tfvars), YAML or JSON. Values
 * are literals without references or calls, and in YAML and JSON without templates. */
#pragma once

#include "body.h"

typedef struct VarsFileValue {
    Str name;
    Value value;
    SourceRange name_range;
    SourceRange range; /* range of the value */
    const Expr *expr;  /* as written */
} VarsFileValue;

typedef VEC(VarsFileValue) VarsFileValues;

/* Reads a file of variable values. The file name determines the syntax; other names are JSON if
 * the content starts with "{". */
MUST_USE bool vars_file_read(const SourceText *source, VarsFileValues *out, Arena *arena,
                             Diags *diags);
