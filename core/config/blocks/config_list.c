/* Decodes list blocks of query files. A list is a Resource without lifecycle; the provider's schema
 * applies to its `config` block. */
#include "config_block.h"
#include "config_newer.h"
#include "config_read.h"

static const BodyAttributeSchema list_attributes[] = {
    {"count", false, BODY_EXPRESSION, CONFIG_EXPR(Resource, count)},
    {"for_each", false, BODY_EXPRESSION},
    {"provider", false, BODY_NAME},
    {"include_resource", false, BODY_EXPRESSION, CONFIG_EXPR(Resource, include_resource)},
    {"limit", false, BODY_EXPRESSION, CONFIG_EXPR(Resource, limit)},
};
static const BodyBlockSchema list_blocks[] = {
    {"config", 0},
};
static const BodySchema list_schema = {BODY_ATTRIBUTES(list_attributes), BODY_BLOCKS(list_blocks)};

/* The default provider of a type would be easy to miss where several configurations exist. */
static bool require_provider(const BodyBlock *block, const BodyContent *content, Diags *diags) {
    if (body_content_find(content, "provider"))
        return true;
    return diags_fail(
        diags, block->range, "Missing \"provider\" attribute",
        "A list block requires \"provider\": the provider configuration that searches, "
        "such as NAME or NAME.ALIAS.");
}

static bool list_decode(ConfigLoading *loading, const BodyBlock *block) {
    Arena *arena = loading->arena;
    BodyContent content;
    Resource *list = config_resource_new(block, MODE_LIST, arena);
    config_newer_add(loading->config, NEWER_LIST, block->range, arena);
    bool ok = config_block_read(loading, block->body, &list_schema, &content, NULL, list);
    list->for_each = config_read_for_each(block, &content);
    ok = ok && require_provider(block, &content, loading->diags);
    ok &= config_action_read_config(loading, block, &content, &list_schema, &list->body);
    ok &= config_resource_read_provider(loading, &content, list);
    ok &= config_action_check_repetition(&content);
    if (ok)
        map_put(arena, &loading->module->resources, config_resource_key(MODE_LIST, block, arena),
                list);
    return ok;
}

const ConfigBlock config_list = {
    .name = "list",
    .labels = 2,
    .noun = "list",
    .label_nouns = {"list type", "list block name"},
    .decode = list_decode,
};
