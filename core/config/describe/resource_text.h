/* resource_text: writes existing objects as blocks of configuration, in native syntax or YAML.
 *
 * It omits read-only and deprecated attributes. Sensitive and write-only attributes are null, with
 * a comment; in nested objects they are omitted. */
#pragma once

#include "schema.h"

typedef struct ResourceText {
    Str type;
    Str name;
    Str id;       /* import id */
    Str provider; /* NAME.ALIAS; empty: the one derived from the type */
    const Schema *schema;
    Value object;    /* wholly known value of the schema's type */
    bool omits_null; /* omit optional arguments that are null */
} ResourceText;

typedef VEC(ResourceText) ResourceTexts;

/* Returns one block in native syntax, without comment and final newline. */
Str resource_text_block(const ResourceText *resource, Arena *arena);
typedef enum ResourceTextSyntax { RESOURCE_TEXT_NATIVE, RESOURCE_TEXT_YAML } ResourceTextSyntax;

/* Returns a file with all blocks. Comments give the import id of each object, and `program`, the
 * program name. */
Str resource_text_file(const ResourceTexts *resources,
                       ResourceTextSyntax syntax,
                       Str program,
                       Arena *arena);
