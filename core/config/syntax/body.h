/* Body: the inside of a block (or of a whole file) as attributes and nested blocks, whatever syntax
 * it was written in. `config` asks a body for what a schema names and never sees the syntax.
 *
 * In YAML and JSON the question decides: "tags" is an expression where the schema says attribute,
 * and a block where it says block. In the native syntax the writer has decided. A body is
 * immutable; asking is repeatable. */
#pragma once

#include "parser.h"

/* How a string of YAML or JSON is read where this attribute stands (native syntax: all the same).
 */
typedef enum BodyForm {
    BODY_EXPRESSION, /* a template: ${…} works; a lone ${…} keeps its type */
    BODY_LITERAL,    /* as it is: ${ stays two characters */
    BODY_CODE, /* source text: a reference, a keyword, a type; each item of an array likewise */
} BodyForm;

typedef struct BodyAttributeSchema {
    const char *name;
    bool required;
    BodyForm form;
    const char *object_form; /* how objects are written into it: "[{ … }]"; NULL: it takes none */
} BodyAttributeSchema;

typedef struct BodyBlockSchema {
    const char *type;
    uint32_t labels; /* how many: resource has 2 */
} BodyBlockSchema;

typedef struct BodySchema {
    const BodyAttributeSchema *attributes;
    size_t attribute_count;
    const BodyBlockSchema *blocks;
    size_t block_count;
} BodySchema;

typedef struct Body Body;

typedef struct BodyAttribute {
    Str name;
    const Expr *expr;
    SourceRange name_range;
    SourceRange range; /* name and value */
    bool is_native;    /* a text in quotes is a template that begins behind the quote */
} BodyAttribute;

typedef struct BodyBlock {
    Str type;
    Str labels[2];
    SourceRange label_ranges[2];
    const Body *body;
    SourceRange range; /* the header: type and labels, where a diagnostic about the block points */
    SourceRange override_range; /* that of the last override file; no source: there is none */
} BodyBlock;

typedef struct BodyContent {
    VEC(BodyAttribute) attributes;
    VEC(BodyBlock) blocks;
    StrVec failed; /* attributes that are there, but whose expressions had errors */
} BodyContent;

typedef struct BodyOperations {
    /* Everything the schema names. `rest` NULL: anything else is an error (nearest name suggested);
     * otherwise *rest is the body of what the schema does not name. */
    bool (*content)(const Body *body,
                    const BodySchema *schema,
                    BodyContent *out,
                    const Body **rest,
                    Arena *arena,
                    Diags *diags);
    /* All of it as attributes (locals, module inputs, variable files). */
    bool (*attributes)(
        const Body *body, BodyForm form, BodyContent *out, Arena *arena, Diags *diags);
} BodyOperations;

struct Body {
    const BodyOperations *operations;
    const FunctionTable *functions; /* for parsing what is in it */
    bool is_strict;                 /* it knows itself what is an argument and what is a block */
    SourceRange range;              /* where a missing attribute is reported */
};

/* Bytes of a file → its body. That of a file of native syntax or of JSON is there also where false
 * is returned, as far as it could be read; *out stays as it was where it could not. */
MUST_USE bool body_yaml_parse(const Source *source,
                              const FunctionTable *functions,
                              const Body **out,
                              Arena *arena,
                              Diags *diags);
MUST_USE bool body_json_parse(const Source *source,
                              const FunctionTable *functions,
                              const Body **out,
                              Arena *arena,
                              Diags *diags);
MUST_USE bool body_hcl_parse(const Source *source,
                             const FunctionTable *functions,
                             const Body **out,
                             Arena *arena,
                             Diags *diags);

MUST_USE bool body_content(const Body *body,
                           const BodySchema *schema,
                           BodyContent *out,
                           const Body **rest,
                           Arena *arena,
                           Diags *diags);
MUST_USE bool body_attributes(
    const Body *body, BodyForm form, BodyContent *out, Arena *arena, Diags *diags);
/* NULL: the schema has none of this name. */
const BodyAttributeSchema *body_schema_attribute(const BodySchema *schema, Str name);
const BodyBlockSchema *body_schema_block(const BodySchema *schema, Str type);
/* For front ends: the error about a name that the schema does not have, with the nearest one. */
void body_refuse_name(
    const BodySchema *schema, Str name, SourceRange range, Arena *arena, Diags *diags);
const BodyAttribute *body_content_find(const BodyContent *content,
                                       const char *name); /* NULL: absent */
