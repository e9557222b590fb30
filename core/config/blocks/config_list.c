/* Decodes list blocks of query files. A list is a Resource without lifecycle; the provider's schema
 * applies to its `config` block. */
#include "config_action.h"
#include "config_newer.h"
#include "config_read.h"

static const BodyAttributeSchema attributes[] = {
    {"count", false, BODY_EXPRESSION}, {"for_each", false, BODY_EXPRESSION},
    {"provider", false, BODY_NAME},    {"include_resource", false, BODY_EXPRESSION},
    {"limit", false, BODY_EXPRESSION},
};
static const BodyBlockSchema blocks[] = {
    {"config", 0},
};
static const BodySchema schema = {
    .attributes = attributes,
    .attribute_count = ARRAY_COUNT(attributes),
    .blocks = blocks,
    .block_count = ARRAY_COUNT(blocks),
};

static Str list_key(const BodyBlock *block, Arena *arena) {
    return str_format(arena, "list.%.*s.%.*s", STR_ARG(block->labels[0]),
                      STR_ARG(block->labels[1]));
}

static bool list_identify(ConfigLoading *loading, const BodyBlock *block, Str *key) {
    *key = list_key(block, loading->arena);
    bool ok = config_read_identifier(block->labels[0], block->label_ranges[0], "list type",
                                     loading->diags);
    return config_read_identifier(block->labels[1], block->label_ranges[1], "list block name",
                                  loading->diags) &&
           ok;
}

/* The default provider of a type would be easy to miss where several configurations exist. */
static bool require_provider(const BodyBlock *block, const BodyContent *content, Diags *diags) {
    if (body_content_find(content, "provider"))
        return true;
    diags_error(diags, block->range, "Missing \"provider\" attribute",
                "A list block requires \"provider\": the provider configuration that searches, "
                "such as NAME or NAME.ALIAS.");
    return false;
}

static bool list_decode(ConfigLoading *loading, const BodyBlock *block, bool is_override) {
    Arena *arena = loading->arena;
    BodyContent content;
    Resource *list = arena_new(arena, Resource);
    (void)is_override;
    list->mode = MODE_LIST;
    list->type = block->labels[0];
    list->name = block->labels[1];
    list->type_range = block->label_ranges[0];
    list->range = block->range;
    config_newer_add(loading->config, NEWER_LIST, block->range, arena);
    bool ok = body_content(block->body, &schema, &content, NULL, arena, loading->diags);
    list->count = config_read_expr(&content, "count");
    list->for_each = config_read_for_each(block, &content);
    list->include_resource = config_read_expr(&content, "include_resource");
    list->limit = config_read_expr(&content, "limit");
    ok = ok && require_provider(block, &content, loading->diags);
    ok = config_action_read_config(loading, block, &content, &schema, &list->body) && ok;
    ok &= config_resource_read_provider(loading, &content, list);
    ok &= config_action_check_repetition(&content, loading->diags);
    if (ok)
        map_put(arena, &loading->module->resources, list_key(block, arena), list);
    return ok;
}

const ConfigBlock config_list = {
    .name = "list",
    .labels = 2,
    .noun = "list",
    .identify = list_identify,
    .decode = list_decode,
};
