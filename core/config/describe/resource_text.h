/* resource_text: writes existing objects as blocks of configuration, in native syntax or YAML, and
 * the import blocks for them.
 *
 * It omits read-only and deprecated attributes. Sensitive and write-only attributes are null, with
 * a comment. */
#pragma once

#include "schema.h"

typedef struct ResourceText {
    Str type;
    Str name;
    Str id;       /* import id, or another origin for the comment; empty: none */
    Str provider; /* NAME.ALIAS; empty: the one derived from the type */
    const Schema *schema;
    Value object;                  /* wholly known value of the schema's type */
    bool omits_null;               /* omit optional arguments that are null */
    bool omits_computed_null;      /* omit those that the provider can compute */
    const Schema *identity_schema; /* of an import block that follows; NULL: none */
    Value identity;
    bool is_continued; /* belongs to the resource before: has no comment */
} ResourceText;

typedef VEC(ResourceText) ResourceTexts;

/* Returns one block in native syntax, without comment and final newline. */
Str resource_text_block(const ResourceText *resource, Arena *arena);
/* Returns the import block of a resource with an identity, likewise. */
Str resource_text_import(const ResourceText *resource, Arena *arena);
typedef enum ResourceTextSyntax { RESOURCE_TEXT_NATIVE, RESOURCE_TEXT_YAML } ResourceTextSyntax;

/* Returns a file with all blocks. Comments give the import id of each object, and `program`, the
 * program name. Resources of a group stand one after the other. */
Str resource_text_file(const ResourceTexts *resources, ResourceTextSyntax syntax, Str program,
                       Arena *arena);
