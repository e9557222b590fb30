/* Body: the content of a block or of a whole file as attributes and nested blocks, independent of
 * the syntax. Decoders ask a body for the names of a schema and never see the syntax.
 *
 * In YAML and JSON the schema decides whether the key "tags" is an attribute or a block. The
 * native syntax itself distinguishes attributes and blocks. A body is immutable and can be read
 * any number of times. */
#pragma once

#include "foreign_names.h"
#include "parser.h"

/* How a YAML or JSON string is read as the value of an attribute; the native syntax ignores it. A
 * literal null of a BODY_LITERAL or BODY_CODE attribute means that the attribute is absent. */
typedef enum BodyForm {
    BODY_EXPRESSION, /* a template; a string that is one ${…} keeps the value's type */
    BODY_LITERAL,    /* literal text: "${" has no meaning */
    BODY_CODE,  /* source text: a reference, keyword or type; applies to each item of an array */
    BODY_VALUE, /* as BODY_LITERAL, but null is a value, or an error as in Terraform */
    BODY_NAME,  /* as BODY_CODE; in native syntax, null is the name of a provider */
} BodyForm;

struct ConfigLoading;
struct BodyAttribute;
struct BodyBlock;

typedef struct BodyAttributeSchema {
    const char *name;
    bool required;
    BodyForm form;
    /* Reads the argument into the member at `offset` of the struct that the block fills; see
     * config_block_read. NULL: the decoder of the block reads it. */
    bool (*read)(struct ConfigLoading *loading, const struct BodyAttribute *attribute,
                 void *member);
    size_t offset;
    const char *object_form; /* form of an object value: "[{ … }]"; NULL: takes no objects */
} BodyAttributeSchema;

typedef struct BodyBlockSchema {
    const char *type;
    uint32_t labels; /* number of labels: resource has 2 */
    /* Reads the block into the struct that the outer block fills; see config_block_read_inner. */
    bool (*read)(struct ConfigLoading *loading, const struct BodyBlock *block, void *out);
} BodyBlockSchema;

typedef struct BodySchema {
    const BodyAttributeSchema *attributes;
    size_t attribute_count;
    const BodyBlockSchema *blocks;
    size_t block_count;
    const ForeignNames *foreign; /* hints for unknown names; NULL: none */
} BodySchema;

/* Initialize the members of a BodySchema from arrays of rows. */
#define BODY_ATTRIBUTES(rows) .attributes = (rows), .attribute_count = ARRAY_COUNT(rows)
#define BODY_BLOCKS(rows)     .blocks = (rows), .block_count = ARRAY_COUNT(rows)

typedef struct Body Body;

typedef struct BodyAttribute {
    Str name;
    const Expr *expr;
    SourceRange name_range;
    SourceRange range; /* name and value */
    bool is_native; /* native syntax: a quoted string is a template that starts after the quote */
} BodyAttribute;

typedef struct BodyBlock {
    Str type;
    Str labels[2];
    SourceRange label_ranges[2];
    const Body *body;
    SourceRange range;          /* the header (type and labels), for diagnostics about the block */
    SourceRange override_range; /* header in the last override file; without source: none */
} BodyBlock;

typedef struct BodyContent {
    VEC(BodyAttribute) attributes;
    VEC(BodyBlock) blocks;
    StrVec failed;     /* attributes that are set, but whose expressions have errors */
    StrVec misspelled; /* attributes that names with errors mean */
    Arena *arena;      /* of the body_content or body_attributes that filled it */
    Diags *diags;
} BodyContent;

typedef struct BodyOperations {
    /* Reads the attributes and blocks that the schema names. If `rest` is NULL, any other name
     * is an error that suggests the nearest name. Otherwise *rest is the body of all other
     * names. `out` is empty and has arena and diags. */
    bool (*content)(const Body *body, const BodySchema *schema, BodyContent *out,
                    const Body **rest);
    /* Reads the whole body as attributes (locals, module inputs, variable files). */
    bool (*attributes)(const Body *body, BodyForm form, BodyContent *out);
} BodyOperations;

struct Body {
    const BodyOperations *operations;
    const FunctionTable *functions; /* for parsing expressions */
    bool is_strict;    /* the syntax itself distinguishes arguments and blocks (native syntax) */
    SourceRange range; /* where a missing required attribute is reported */
};

/* Parse a file into its body. On syntax errors, return false; *out is then the readable part of
 * a native or JSON file, or unchanged. */
MUST_USE bool body_yaml_parse(const SourceText *source, const FunctionTable *functions,
                              const Body **out, Arena *arena, Diags *diags);
MUST_USE bool body_json_parse(const SourceText *source, const FunctionTable *functions,
                              const Body **out, Arena *arena, Diags *diags);
MUST_USE bool body_hcl_parse(const SourceText *source, const FunctionTable *functions,
                             const Body **out, Arena *arena, Diags *diags);

/* Like the operations, and check required attributes. *out is set even on error: it has what could
 * be read. body_content omits attributes whose null means that they are absent. */
MUST_USE bool body_content(const Body *body, const BodySchema *schema, BodyContent *out,
                           const Body **rest, Arena *arena, Diags *diags);
MUST_USE bool body_attributes(const Body *body, BodyForm form, BodyContent *out, Arena *arena,
                              Diags *diags);
/* Return the entry of the given name, or NULL if the schema has none. */
const BodyAttributeSchema *body_schema_attribute(const BodySchema *schema, Str name);
const BodyBlockSchema *body_schema_block(const BodySchema *schema, Str type);
/* Adds the attribute that a misspelled name means to `misspelled`. */
void body_content_misspelled(BodyContent *content, Str name, const StrVec *known);
const BodyAttribute *body_content_find(const BodyContent *content,
                                       const char *name); /* NULL if absent */
