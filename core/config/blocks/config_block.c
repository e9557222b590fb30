/* The tables of block types, and the reading of blocks by the rows of their schemas. */
#include "config_block.h"

#include "config_read.h"

#define CONFIG_BLOCK_ROW(type) &(type),
static const ConfigBlock *const types[] = {CONFIG_BLOCKS(CONFIG_BLOCK_ROW)};
static const ConfigBlock *const query_types[] = {CONFIG_QUERY_BLOCKS(CONFIG_BLOCK_ROW)};
const ConfigBlocks config_blocks = {types, ARRAY_COUNT(types)};
const ConfigBlocks config_query_blocks = {query_types, ARRAY_COUNT(query_types)};

bool config_block_expr(ConfigLoading *, const BodyAttribute *attribute, void *member) {
    *(const Expr **)member = attribute->expr;
    return true;
}

bool config_block_text(ConfigLoading *loading, const BodyAttribute *attribute, void *member) {
    return config_read_text(attribute, member, loading->arena, loading->diags);
}

bool config_block_flag(ConfigLoading *loading, const BodyAttribute *attribute, void *member) {
    return config_read_flag(attribute, member, loading->arena, loading->diags);
}

bool config_block_traversals(ConfigLoading *loading, const BodyAttribute *attribute, void *member) {
    return config_read_traversals(attribute, member, loading->arena, loading->diags);
}

bool config_block_read(ConfigLoading *loading, const Body *body, const BodySchema *schema,
                       BodyContent *content, const Body **rest, void *out) {
    bool ok = body_content(body, schema, content, rest, loading->arena, loading->diags);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const BodyAttributeSchema *row = &schema->attributes[i];
        const BodyAttribute *attribute = row->read ? body_content_find(content, row->name) : NULL;
        ok &= !attribute || row->read(loading, attribute, (char *)out + row->offset);
    }
    return ok;
}

bool config_block_read_inner(ConfigLoading *loading, const BodySchema *schema,
                             const BodyContent *content, void *out) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        const BodyBlockSchema *row = body_schema_block(schema, block->type);
        ok &= !row->read || row->read(loading, block, out);
    }
    return ok;
}
