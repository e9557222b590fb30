/* value_transform: rebuilds values: copies into another arena, bottom-up changes. */
#include "value.h"

static bool value_transform_has_items(Value v) {
    return value_is_present(v) && v.type->kind >= KIND_LIST && v.count > 0;
}

static Value clone_as(Value v, const Type *type, Arena *arena);

/* Clones an item. An interned type stays. A type equal to `declared`, from the clone's type,
 * becomes that one, so that items share types. Any other type is copied. */
static Value clone_part(Value part, const Type *declared, Arena *arena) {
    const Type *type = part.type;
    if (!type->interned)
        type = type_equal(type, declared) ? declared : type_clone(type, arena);
    return clone_as(part, type, arena);
}

static const Value *clone_bound(const Value *bound, Arena *arena) {
    if (!bound)
        return NULL;
    Value *copy = arena_new(arena, Value);
    *copy = value_clone(*bound, arena);
    return copy;
}

static const Refinement *clone_refinement(const Refinement *refinement, Arena *arena) {
    if (!refinement)
        return NULL;
    Refinement *copy = arena_new(arena, Refinement);
    *copy = *refinement;
    copy->prefix = str_clone(refinement->prefix, arena);
    copy->min = clone_bound(refinement->min, arena);
    copy->max = clone_bound(refinement->max, arena);
    return copy;
}

static Value clone_items(Value v, Arena *arena) {
    bool collection = type_is_collection(v.type);
    Value *items = arena_new_array(arena, Value, v.count);
    for (size_t i = 0; i < v.count; i++) {
        const Type *declared = collection ? v.type->element : type_at(v.type, i);
        items[i] = clone_part(value_at(v, i), declared, arena);
    }
    if (v.type->kind != KIND_MAP) {
        v.as.items = items;
        return v;
    }
    Str *keys = arena_new_array(arena, Str, v.count);
    for (size_t i = 0; i < v.count; i++)
        keys[i] = str_clone(value_key_at(v, i), arena);
    ValueMap *map = arena_new(arena, ValueMap);
    *map = (ValueMap){keys, items};
    v.as.map = map;
    return v;
}

/* Clones v with `type`, which equals v's type and lives long enough. */
static Value clone_as(Value v, const Type *type, Arena *arena) {
    v.type = type;
    if (v.state == VALUE_UNKNOWN)
        v.as.refinement = clone_refinement(v.as.refinement, arena);
    if (!value_is_present(v))
        return v;
    switch (type->kind) {
    case KIND_DYNAMIC:
    case KIND_BOOL: return v;
    case KIND_NUMBER:
        if (v.flags & FLAG_BIG)
            v.as.number = number_clone(v.as.number, arena);
        return v;
    case KIND_STRING: v.as.text = str_clone(value_text(v), arena).ptr; return v;
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
    case KIND_TUPLE:
    case KIND_OBJECT: return clone_items(v, arena);
    }
    return v;
}

Value value_clone(Value v, Arena *arena) {
    return clone_as(v, type_clone(v.type, arena), arena);
}

static bool is_unchanged(Value a, Value b) {
    return a.type == b.type && a.as.integer == b.as.integer && a.count == b.count &&
           a.state == b.state && a.marks == b.marks && a.flags == b.flags;
}

Value value_transform(Value v, ValueChange change, void *payload, Arena *arena) {
    Value *items = NULL;
    for (size_t i = 0; value_transform_has_items(v) && i < v.count; i++) {
        Value item = value_at(v, i);
        Value changed = value_transform(item, change, payload, arena);
        if (!items && !is_unchanged(item, changed)) {
            items = arena_new_array(arena, Value, v.count);
            for (size_t k = 0; k < i; k++)
                items[k] = value_at(v, k);
        }
        if (items)
            items[i] = changed;
    }
    if (items)
        v = value_with_items(v, items, arena);
    return change(v, payload, arena);
}

static Value known_or_null(Value v, void *, Arena *) {
    return value_is_known(v) ? v : value_null(v.type);
}

Value value_unknown_as_null(Value v, Arena *arena) {
    return value_transform(v, known_or_null, NULL, arena);
}
