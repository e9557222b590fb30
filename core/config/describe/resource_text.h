/* resource_text: objects that exist as blocks of configuration that would describe them, in the
 * native syntax or in YAML.
 *
 * What the provider alone decides is left out, and so is what is deprecated; of what is sensitive
 * only the name is written. A comment says by which id each object was found. */
#pragma once

#include "schema.h"

typedef struct ResourceText {
    Str type;
    Str name;
    Str id;       /* that it was imported by */
    Str provider; /* NAME.ALIAS; empty: the implied one */
    const Schema *schema;
    Value object;    /* of the schema's type, known */
    bool omits_null; /* leaves out optional arguments without a value */
} ResourceText;

typedef VEC(ResourceText) ResourceTexts;

/* One block in the native syntax, without a comment and the end of its last line. */
Str resource_text_block(const ResourceText *resource, Arena *arena);
/* `program` is who says so in the comments. */
Str resource_text_to_native(const ResourceTexts *resources, Str program, Arena *arena);
Str resource_text_to_yaml(const ResourceTexts *resources, Str program, Arena *arena);
