/* Reads bodies from files in native syntax. The syntax distinguishes arguments and blocks, so
 * the schema does not decide. A quoted string is always a template. */
#include "body.h"

#include "native.h"
#include "str_quote.h"

typedef struct HclBody {
    Body base;
    const NativeBody *native;
    StrVec hidden; /* arguments that an enclosing schema has read */
    StrVec hidden_blocks;
} HclBody;

static bool hcl_report_argument(const HclBody *body, const BodySchema *schema,
                                const NativeAttribute *attribute, BodyContent *out) {
    Arena *arena = out->arena;
    StrVec known = {0};
    for (size_t i = 0; i < schema->attribute_count; i++)
        vec_push(arena, &known, str_from_cstr(schema->attributes[i].name));
    Str hint =
        foreign_names_suggest(schema->foreign, attribute->name, known.items, known.count, arena);
    body_content_misspelled(out, attribute->name, &known);
    /* A block type of an enclosing schema is known, too: this body is a rest of that schema's
     * body. */
    if (body_schema_block(schema, attribute->name) ||
        str_is_among(attribute->name, body->hidden_blocks.items, body->hidden_blocks.count))
        hint = str_format(arena,
                          " A block of this type is: write \"%.*s {\", without the equals "
                          "sign.",
                          STR_ARG(attribute->name));
    return diags_fail(out->diags, attribute->name_range, "Unsupported argument",
                      "An argument named \"%.*s\" is not expected here.%.*s",
                      STR_ARG(attribute->name), STR_ARG(hint));
}

static bool hcl_report_block(const BodySchema *schema, const NativeBlock *block, Arena *arena,
                             Diags *diags) {
    StrVec known = {0};
    for (size_t i = 0; i < schema->block_count; i++)
        if (strcmp(schema->blocks[i].type, "dynamic") != 0)
            vec_push(arena, &known, str_from_cstr(schema->blocks[i].type));
    const BodyAttributeSchema *attribute = body_schema_attribute(schema, block->type);
    Str hint = foreign_names_hint(schema->foreign, block->type, arena);
    if (!hint.len && !attribute)
        hint = str_did_you_mean(block->type, known.items, known.count, arena);
    else if (attribute && attribute->object_form)
        hint = str_format(arena, "%.*s It is an argument: write it as %.*s = %s.", STR_ARG(hint),
                          STR_ARG(block->type), attribute->object_form);
    else if (!hint.len)
        hint = str_format(arena,
                          " An argument of this name is: set it with an equals sign, "
                          "\"%.*s = …\".",
                          STR_ARG(block->type));
    return diags_fail(diags, block->type_range, "Unsupported block type",
                      "Blocks of type \"%.*s\" are not expected here.%.*s", STR_ARG(block->type),
                      STR_ARG(hint));
}

static void hcl_add_attribute(const NativeAttribute *attribute, BodyContent *out) {
    BodyAttribute found = {
        .name = attribute->name,
        .expr = attribute->expr,
        .name_range = attribute->name_range,
        .range = attribute->range,
        .is_native = true,
    };
    vec_push(out->arena, &out->attributes, found);
}

static bool hcl_check_labels(const NativeBlock *block, uint32_t wanted, Diags *diags) {
    if (block->labels.count == wanted)
        return true;
    Str type = block->type;
    bool is_type = block->labels.count == 0 && wanted == 2;
    const char *what = is_type ? "type" : "name";
    if (block->labels.count > wanted) {
        Str summary = str_format(diags->arena, "Extraneous label for %.*s", STR_ARG(type));
        return diags_fail(diags, block->labels.items[wanted].range,
                          str_to_cstr(summary, diags->arena),
                          "A \"%.*s\" block requires %u label%s between its type and its brace.",
                          STR_ARG(type), wanted, wanted == 1 ? "" : "s");
    }
    Str summary = str_format(diags->arena, "Missing %s for %.*s", what, STR_ARG(type));
    return diags_fail(
        diags, block->open, str_to_cstr(summary, diags->arena),
        "A \"%.*s\" block requires %u label%s between its type and its brace; the %s is missing.",
        STR_ARG(type), wanted, wanted == 1 ? "" : "s", what);
}

static HclBody *hcl_new_body(const NativeBody *native, const FunctionTable *functions,
                             Arena *arena);

static void hcl_add_block(const HclBody *body, const NativeBlock *block, BodyContent *out) {
    BodyBlock found = {.type = block->type, .range = block->type_range};
    for (size_t i = 0; i < block->labels.count; i++) {
        found.labels[i] = block->labels.items[i].text;
        found.label_ranges[i] = block->labels.items[i].range;
        found.range.end = block->labels.items[i].range.end;
    }
    found.body = &hcl_new_body(block->body, body->base.functions, out->arena)->base;
    vec_push(out->arena, &out->blocks, found);
}

static bool copy_attributes(const HclBody *body, const BodySchema *schema, bool has_rest,
                            BodyContent *out) {
    bool ok = true;
    map_each(&body->native->attributes, entry) {
        const NativeAttribute *attribute = entry->value;
        if (str_is_among(attribute->name, body->hidden.items, body->hidden.count))
            continue;
        if (body_schema_attribute(schema, attribute->name))
            hcl_add_attribute(attribute, out);
        else if (!has_rest)
            ok = hcl_report_argument(body, schema, attribute, out);
    }
    return ok;
}

static bool copy_blocks(const HclBody *body, const BodySchema *schema, bool has_rest,
                        BodyContent *out) {
    bool ok = true;
    if (!has_rest) /* nearly all blocks match the schema then */
        vec_reserve(out->arena, &out->blocks, body->native->blocks.count);
    vec_each(&body->native->blocks, item) {
        const NativeBlock *block = *item;
        const BodyBlockSchema *wanted = body_schema_block(schema, block->type);
        if (str_is_among(block->type, body->hidden_blocks.items, body->hidden_blocks.count))
            continue;
        if (!wanted)
            ok &= has_rest || hcl_report_block(schema, block, out->arena, out->diags);
        else if (hcl_check_labels(block, wanted->labels, out->diags))
            hcl_add_block(body, block, out);
        else
            ok = false;
    }
    return ok;
}

static const Body *hcl_make_rest(const HclBody *body, const BodySchema *schema, Arena *arena) {
    HclBody *rest = hcl_new_body(body->native, body->base.functions, arena);
    vec_each(&body->hidden, hidden) {
        vec_push(arena, &rest->hidden, *hidden);
    }
    vec_each(&body->hidden_blocks, hidden) {
        vec_push(arena, &rest->hidden_blocks, *hidden);
    }
    for (size_t i = 0; i < schema->attribute_count; i++)
        vec_push(arena, &rest->hidden, str_from_cstr(schema->attributes[i].name));
    for (size_t i = 0; i < schema->block_count; i++)
        vec_push(arena, &rest->hidden_blocks, str_from_cstr(schema->blocks[i].type));
    return &rest->base;
}

static bool hcl_content(const Body *base, const BodySchema *schema, BodyContent *out,
                        const Body **rest) {
    const HclBody *body = (const HclBody *)base;
    bool ok = copy_attributes(body, schema, rest != NULL, out);
    ok &= copy_blocks(body, schema, rest != NULL, out);
    if (rest)
        *rest = hcl_make_rest(body, schema, out->arena);
    return ok;
}

static bool hcl_attributes(const Body *base, BodyForm, BodyContent *out) {
    const HclBody *body = (const HclBody *)base;
    map_each(&body->native->attributes, entry) {
        const NativeAttribute *attribute = entry->value;
        if (!str_is_among(attribute->name, body->hidden.items, body->hidden.count))
            hcl_add_attribute(attribute, out);
    }
    vec_each(&body->native->blocks, item) {
        const NativeBlock *block = *item;
        if (str_is_among(block->type, body->hidden_blocks.items, body->hidden_blocks.count))
            continue;
        Str summary = str_format(out->arena, "Unexpected \"%.*s\" block", STR_ARG(block->type));
        return diags_fail(out->diags, block->type_range, str_to_cstr(summary, out->arena),
                          "Blocks are not allowed here, only arguments: name = value.");
    }
    return true;
}

static const BodyOperations hcl_operations = {
    .content = hcl_content,
    .attributes = hcl_attributes,
};

static HclBody *hcl_new_body(const NativeBody *native, const FunctionTable *functions,
                             Arena *arena) {
    HclBody *body = arena_new(arena, HclBody);
    body->base = (Body){
        .operations = &hcl_operations,
        .functions = functions,
        .range = native->range,
        .is_strict = true,
    };
    body->native = native;
    return body;
}

/* Returns type and labels of the top-level block that contains the offset, or an empty string. */
static Str hcl_outline(const void *tree, uint32_t offset, Arena *arena) {
    const NativeBody *native = tree;
    const NativeBlock *found = NULL;
    map_each(&native->attributes, entry) {
        const NativeAttribute *attribute = entry->value;
        if (attribute->range.start <= offset && offset < attribute->range.end)
            return STR_EMPTY;
    }
    vec_each(&native->blocks, block) {
        if ((*block)->type_range.start <= offset && offset < (*block)->end)
            found = *block;
    }
    if (!found)
        return STR_EMPTY;
    StrBuf out = strbuf_new(arena);
    strbuf_add(&out, found->type);
    vec_each(&found->labels, label) {
        strbuf_add_char(&out, ' ');
        strbuf_add(&out, str_quote(label->text, arena));
    }
    return strbuf_str(&out);
}

bool body_hcl_parse(const SourceText *source, const FunctionTable *functions, const Body **out,
                    Arena *arena, Diags *diags) {
    const NativeBody *native;
    bool ok = native_parse(source, functions, &native, arena, diags);
    source_text_set_outline(source, hcl_outline, native);
    *out = &hcl_new_body(native, functions, arena)->base;
    return ok;
}
