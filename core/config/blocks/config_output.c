/* Decodes output blocks. */
#include "config_block.h"
#include "config_newer.h"
#include "config_read.h"

static bool report_postcondition(ConfigLoading *loading, const BodyBlock *block, void *) {
    return diags_fail(
        loading->diags, block->range, "Postconditions are not allowed",
        "An output value does not support this block. Write a \"precondition\" block.");
}

static bool read_deprecated(ConfigLoading *loading, const BodyAttribute *attribute, void *member) {
    Str *out = member;
    if (!config_read_text(attribute, out, loading->arena, loading->diags))
        return false;
    if (out->len > 0)
        return true;
    return diags_fail(loading->diags, attribute->expr->range, "Invalid deprecation message",
                      "\"deprecated\" must be a non-empty string that describes the replacement.");
}

static bool output_read_type(ConfigLoading *loading, const BodyAttribute *attribute, void *out) {
    Output *output = out;
    output->has_type = true;
    config_newer_add(loading->config, NEWER_OUTPUT_TYPE, attribute->range, loading->arena);
    return type_constraint_from_expr(attribute->expr, &output->type, loading->arena,
                                     loading->diags);
}

static bool output_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {
        {"value", true, BODY_EXPRESSION, CONFIG_EXPR(Output, expr)},
        {"type", false, BODY_CODE, output_read_type},
        {"description", false, BODY_LITERAL, CONFIG_TEXT(Output, description)},
        {"sensitive", false, BODY_LITERAL, CONFIG_FLAG(Output, sensitive)},
        {"ephemeral", false, BODY_LITERAL, CONFIG_FLAG(Output, ephemeral)},
        {"deprecated", false, BODY_LITERAL, read_deprecated,
         CONFIG_MEMBER(Output, deprecated, Str)},
        {"depends_on", false, BODY_CODE, CONFIG_TRAVERSALS(Output, depends_on)},
    };
    static const BodyBlockSchema blocks[] = {
        {"precondition", 0},
        {"postcondition", 0, report_postcondition},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes), BODY_BLOCKS(blocks)};
    BodyContent content;
    Output *output = arena_new(loading->arena, Output);
    output->name = block->labels[0];
    output->range = block->range;
    output->type = (TypeConstraint){.type = &TYPE_DYNAMIC};
    bool ok = config_block_read(loading, block->body, &schema, &content, NULL, output);
    ok &= config_block_read_inner(loading, &schema, &content, output);
    ok &= config_read_conditions(&content, "precondition", &output->preconditions);
    if (output->expr)
        map_put(loading->arena, &loading->module->outputs, output->name, output);
    return ok;
}

static const char *const output_fixed[] = {"depends_on", "precondition", NULL};

const ConfigBlock config_output = {
    .name = "output",
    .labels = 1,
    .noun = "output",
    .label_nouns = {"output name"},
    .decode = output_decode,
    .fixed = output_fixed,
};
