/* Decodes output blocks. */
#include "config_block.h"
#include "config_newer.h"
#include "config_read.h"

static bool output_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    *key = str_format(loading->arena, "output.%.*s", STR_ARG(block->labels[0]));
    return config_read_identifier(block->labels[0], block->label_ranges[0], "output name",
                                  loading->diags);
}

static bool report_postconditions(ConfigLoading *loading, const BodyContent *content) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (!str_equal_cstr(block->type, "postcondition"))
            continue;
        diags_error(loading->diags, block->range, "Postconditions are not allowed",
                    "An output value does not support this block. Write a \"precondition\" block.");
        ok = false;
    }
    return ok;
}

static bool read_deprecated(ConfigLoading *loading, const BodyContent *content, Output *out) {
    const BodyAttribute *attribute = body_content_find(content, "deprecated");
    if (!config_read_string(content, "deprecated", &out->deprecated, loading->arena,
                            loading->diags))
        return false;
    if (!attribute || out->deprecated.len > 0)
        return true;
    diags_error(loading->diags, attribute->expr->range, "Invalid deprecation message",
                "\"deprecated\" must be a non-empty string that describes the replacement.");
    return false;
}

static bool output_read_type(ConfigLoading *loading, const BodyContent *content, Output *output) {
    const BodyAttribute *attribute = body_content_find(content, "type");
    output->type = (TypeConstraint){.type = &TYPE_DYNAMIC};
    output->has_type = attribute != NULL;
    if (!attribute)
        return true;
    config_newer_add(loading->config, NEWER_OUTPUT_TYPE, attribute->range, loading->arena);
    return type_constraint_from_expr(attribute->expr, &output->type, loading->arena,
                                     loading->diags);
}

static bool output_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    static const BodyAttributeSchema attributes[] = {
        {"value", true, BODY_EXPRESSION},     {"type", false, BODY_CODE},
        {"description", false, BODY_LITERAL}, {"sensitive", false, BODY_LITERAL},
        {"ephemeral", false, BODY_LITERAL},   {"deprecated", false, BODY_LITERAL},
        {"depends_on", false, BODY_CODE},
    };
    static const BodyBlockSchema blocks[] = {
        {"precondition", 0},
        {"postcondition", 0},
    };
    static const BodySchema schema = {
        .attributes = attributes,
        .attribute_count = ARRAY_COUNT(attributes),
        .blocks = blocks,
        .block_count = ARRAY_COUNT(blocks),
    };
    (void)is_override;
    Arena *arena = loading->arena;
    Diags *diags = loading->diags;
    BodyContent content;
    Output *output = arena_new(arena, Output);
    output->name = block->labels[0];
    output->range = block->range;
    bool ok = body_content(block->body, &schema, &content, NULL, arena, diags);
    output->expr = config_read_expr(&content, "value");
    ok &= output_read_type(loading, &content, output);
    ok &= config_read_string(&content, "description", &output->description, arena, diags);
    ok &= config_read_bool(&content, "sensitive", &output->sensitive, arena, diags);
    ok &= config_read_bool(&content, "ephemeral", &output->ephemeral, arena, diags);
    ok &= read_deprecated(loading, &content, output);
    ok &= config_read_traversals(&content, "depends_on", &output->depends_on, arena, diags);
    ok &= report_postconditions(loading, &content);
    ok &= config_read_conditions(&content, "precondition", &output->preconditions, arena, diags);
    if (output->expr)
        map_put(loading->arena, &loading->module->outputs, output->name, output);
    return ok;
}

static const char *const fixed[] = {"depends_on", "precondition", NULL};

const ConfigBlock config_output = {
    .name = "output",
    .labels = 1,
    .noun = "output",
    .identify = output_identify,
    .decode = output_decode,
    .fixed = fixed,
};
