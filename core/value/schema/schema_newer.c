/* schema_newer: blocks that a type has only since a newer version of Terraform. An object without
 * such a block is the same as in the version that loam is compatible with. */
#include "schema.h"

static bool has_newer(const Schema *schema) {
    for (size_t i = 0; i < schema->block_count; i++) {
        if (schema->blocks[i].since)
            return true;
    }
    return false;
}

static bool is_omitted(const Schema *schema, Value object, size_t i) {
    const Block *block = schema_find_block(schema, object.type->names[i]);
    if (!block || !block->since)
        return false;
    return !value_is_present(object) || value_is_null(value_at(object, i));
}

static const Type *type_of(const Type *from, const size_t *kept, size_t count, Arena *arena) {
    Str *names = arena_new_array(arena, Str, count);
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = from->names[kept[i]];
        types[i] = type_at(from, kept[i]);
    }
    const Type *type = type_object(names, types, NULL, count, arena);
    return from->interned ? type_intern(type) : type; /* many objects share few such types */
}

Value schema_omit_newer(const Schema *schema, Value object, const Type **type, Arena *arena) {
    if (!has_newer(schema) || object.type->kind != KIND_OBJECT)
        return object;
    size_t *kept = arena_new_array(arena, size_t, object.type->count);
    size_t count = 0;
    for (size_t i = 0; i < object.type->count; i++) {
        if (!is_omitted(schema, object, i))
            kept[count++] = i;
    }
    if (count == object.type->count)
        return object;
    const Type *own = type_of(object.type, kept, count, arena);
    if (type)
        *type = type_of(*type, kept, count, arena);
    if (!value_is_known(object))
        return value_with_marks(value_unknown(own), object.marks);
    if (value_is_null(object))
        return value_with_marks(value_null(own), object.marks);
    Value *items = arena_new_array(arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_at(object, kept[i]);
    return value_with_marks(value_object_of(own, items), object.marks);
}
