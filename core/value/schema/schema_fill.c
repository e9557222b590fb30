/* Replaces null collections of blocks: only a NEST_SINGLE block may be null. */
#include "schema.h"

static Value fill_items(const Block *block, Value v, Arena *arena) {
    Value *items = value_copy_items(v, arena);
    bool is_changed = false;
    for (size_t i = 0; i < v.count; i++) {
        Value item = schema_fill_blocks(&block->schema, items[i], arena);
        is_changed = is_changed || !value_equal(item, items[i]);
        items[i] = item;
    }
    return is_changed ? value_with_items(v, items, arena) : v;
}

static Value schema_fill_block(const Block *block, Value v, Value empty, Arena *arena) {
    if (value_is_null(v))
        return empty;
    if (!value_is_known(v))
        return v;
    return block->nesting == NEST_SINGLE ? schema_fill_blocks(&block->schema, v, arena)
                                         : fill_items(block, v, arena);
}

Value schema_fill_blocks(const Schema *schema, Value object, Arena *arena) {
    if (!value_is_present(object) || schema->block_count == 0)
        return object;
    Value empty = schema_empty_value(schema, arena);
    Value *items = value_copy_items(object, arena);
    bool is_changed = false;
    for (size_t i = 0; i < schema->block_count; i++) {
        size_t at;
        if (!type_find_attribute(object.type, str_from_cstr(schema->blocks[i].name), &at))
            continue;
        Value block = schema_fill_block(&schema->blocks[i], items[at], value_at(empty, at), arena);
        is_changed = is_changed || !value_equal(block, items[at]);
        items[at] = block;
    }
    return is_changed ? value_with_items(object, items, arena) : object;
}
