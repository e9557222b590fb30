/* vars_file: values of variables in a file, whatever its syntax: name = value lines (.tfvars), YAML
 * or JSON. Values are literals: no names, no calls; in YAML and JSON no templates either. */
#pragma once

#include "body.h"

typedef struct VarsFileValue {
    Str name;
    Value value;
    SourceRange name_range;
    SourceRange range; /* of the value */
} VarsFileValue;

typedef VEC(VarsFileValue) VarsFileValues;

/* The syntax follows from the name; unknown ones are JSON when they begin with "{". */
MUST_USE bool vars_file_read(const Source *source, VarsFileValues *out, Arena *arena, Diags *diags);
