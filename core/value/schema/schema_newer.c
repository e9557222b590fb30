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

static bool newer_is_omitted(const Schema *schema, Value object, size_t i) {
    const Block *block = schema_find_block(schema, object.type->names[i]);
    if (!block || !block->since)
        return false;
    return !value_is_present(object) || value_is_null(value_at(object, i));
}

/* The members of an object that are not omitted. */
typedef struct Kept {
    size_t *places;
    size_t count;
    Arena *scratch;
} Kept;

/* Many objects share few types, which are stored once. */
static const Type *newer_type_of(const Type *from, const Kept *kept, Arena *arena) {
    size_t count = kept->count;
    if (from->interned)
        arena = kept->scratch;
    Str *names = arena_new_array(arena, Str, count);
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = from->names[kept->places[i]];
        types[i] = type_at(from, kept->places[i]);
    }
    const Type *type = type_object(names, types, NULL, count, arena);
    return from->interned ? type_intern(type) : type;
}

Value schema_omit_newer(const Schema *schema, Value object, const Type **type, Arena *arena) {
    if (!has_newer(schema) || object.type->kind != KIND_OBJECT)
        return object;
    SCOPED(ArenaRef) scratch = arena_open("newer blocks");
    Kept kept = {arena_new_array(scratch, size_t, object.type->count), 0, scratch};
    for (size_t i = 0; i < object.type->count; i++) {
        if (!newer_is_omitted(schema, object, i))
            kept.places[kept.count++] = i;
    }
    if (kept.count == object.type->count)
        return object;
    const Type *own = newer_type_of(object.type, &kept, arena);
    if (type)
        *type = newer_type_of(*type, &kept, arena);
    if (!value_is_known(object))
        return value_with_marks(value_unknown(own), object.marks);
    if (value_is_null(object))
        return value_with_marks(value_null(own), object.marks);
    Value *items = arena_new_array(arena, Value, kept.count);
    for (size_t i = 0; i < kept.count; i++)
        items[i] = value_at(object, kept.places[i]);
    return value_with_marks(value_object_of(own, items), object.marks);
}
