/* convert_unify: finds the type to which several types convert. The rules are cty's. */
#include "convert.h"

#include "convert_type.h"

/* The types to unify, without duplicates, and their number by kind. */
typedef struct TypeSet {
    const Type **types;
    size_t count;
    size_t of_kind[KIND_OBJECT + 1];
    ConvertSafety safety;
    Arena *arena;
} TypeSet;

/* Set of types seen, by hash: open addressing over index + 1 into the TypeSet. */
typedef struct Seen {
    uint32_t *slots;
    size_t capacity; /* of `slots`, a power of two */
} Seen;

static void unify_add_type(TypeSet *set, Seen *seen, const Type *type) {
    size_t at = type->hash & (seen->capacity - 1);
    for (; seen->slots[at]; at = (at + 1) & (seen->capacity - 1)) {
        if (type_equal(set->types[seen->slots[at] - 1], type))
            return;
    }
    set->types[set->count++] = type;
    set->of_kind[type->kind]++;
    seen->slots[at] = (uint32_t)set->count;
}

static TypeSet unify_collect(const Type *const *types, size_t count, ConvertSafety safety,
                             Arena *arena) {
    TypeSet set = {.safety = safety, .arena = arena};
    Seen seen = {.capacity = 8};
    set.types = arena_new_array(arena, const Type *, count);
    while (seen.capacity < count * 2)
        seen.capacity *= 2;
    seen.slots = arena_new_array(arena, uint32_t, seen.capacity);
    for (size_t i = 0; i < count; i++)
        unify_add_type(&set, &seen, types[i]);
    return set;
}

/* Returns the given type if all types of the set convert to it, else NULL. */
static const Type *if_reachable(const TypeSet *set, const Type *wanted) {
    for (size_t i = 0; i < set->count; i++) {
        if (!convert_type_is_possible(set->types[i], wanted, set->safety, set->arena))
            return NULL;
    }
    return wanted;
}

static const Type *unify_collections(const TypeSet *set) {
    const Type **elements = arena_new_array(set->arena, const Type *, set->count);
    for (size_t i = 0; i < set->count; i++)
        elements[i] = set->types[i]->element;
    const Type *element = convert_type_unify(elements, set->count, set->safety, set->arena);
    if (!element)
        return NULL;
    return if_reachable(set, type_with_elements(set->types[0], &element, 1, set->arena));
}

/* Returns the collection type whose element type all parts of the types of `kind` convert to; NULL
 * if none. */
static const Type *unify_all_parts(const TypeSet *set, TypeKind kind) {
    VEC(const Type *) parts = {0};
    for (size_t i = 0; i < set->count; i++) {
        const Type *type = set->types[i];
        if (type->kind != kind)
            continue;
        for (size_t k = 0; k < type->count; k++) {
            vec_push(set->arena, &parts, type_at(type, k));
            if (type->element)
                break;
        }
    }
    const Type *element = convert_type_unify(parts.items, parts.count, set->safety, set->arena);
    if (!element)
        return NULL;
    return kind == KIND_OBJECT ? type_map(element, set->arena) : type_list(element, set->arena);
}

static const Type *unify_as_collection(const TypeSet *set, TypeKind kind) {
    const Type *collection = unify_all_parts(set, kind);
    return collection ? if_reachable(set, collection) : NULL;
}

static bool has_same_shape(const Type *a, const Type *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; a->names && i < a->count; i++) {
        if (!str_equal(a->names[i], b->names[i]))
            return false;
    }
    return true;
}

/* Objects with the same attributes (tuples of the same length) unify part by part; if a part fails,
 * the result is NULL. Others, and those that do not convert to their united type, become a map
 * (list) if all their parts unify. */
static const Type *unify_structures(const TypeSet *set, TypeKind kind) {
    const Type *first = set->types[0];
    for (size_t i = 1; i < set->count; i++) {
        if (!has_same_shape(first, set->types[i]))
            return unify_as_collection(set, kind);
    }
    const Type **parts = arena_new_array(set->arena, const Type *, first->count);
    const Type **across = arena_new_array(set->arena, const Type *, set->count);
    for (size_t k = 0; k < first->count; k++) {
        for (size_t i = 0; i < set->count; i++)
            across[i] = type_at(set->types[i], k);
        parts[k] = convert_type_unify(across, set->count, set->safety, set->arena);
        if (!parts[k])
            return NULL;
    }
    const Type *wanted = kind == KIND_TUPLE
                             ? type_tuple(parts, first->count, set->arena)
                             : type_object(first->names, parts, NULL, first->count, set->arena);
    return if_reachable(set, wanted) ? wanted : unify_as_collection(set, kind);
}

/* Among maps, objects are treated as maps; among lists, tuples as lists. Returns NULL if the result
 * is not a `collection`. */
static const Type *unify_disguised(const TypeSet *set, TypeKind structure, TypeKind collection) {
    const Type *disguised = unify_all_parts(set, structure);
    if (!disguised)
        return NULL;
    const Type **types = arena_new_array(set->arena, const Type *, set->count);
    for (size_t i = 0; i < set->count; i++) {
        types[i] = set->types[i]->kind == structure ? disguised : set->types[i];
    }
    const Type *unified = convert_type_unify(types, set->count, set->safety, set->arena);
    return unified && unified->kind == collection ? unified : NULL;
}

static int unify_compare_types(const Type *a, const Type *b);

static int unify_compare_parts(const Type *a, const Type *b) {
    bool a_wider = false, b_wider = false;
    if (!has_same_shape(a, b))
        return 0;
    for (size_t i = 0; i < a->count; i++) {
        int order = unify_compare_types(type_at(a, i), type_at(b, i));
        a_wider |= order < 0;
        b_wider |= order > 0;
    }
    if (a_wider == b_wider)
        return 0;
    return a_wider ? -1 : 1;
}

/* Ranks sequence kinds and mapping kinds; a smaller rank is more general. A list is more general
 * than a set, because only set to list is lossless. */
static int rank(const Type *type) {
    switch (type->kind) {
    case KIND_LIST:
    case KIND_MAP: return 0;
    case KIND_TUPLE:
    case KIND_OBJECT: return 1;
    case KIND_SET: return 2;
    case KIND_DYNAMIC:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: break;
    }
    return 3;
}

/* Returns a negative number if `a` is more general and so the better result; 0 if neither is. */
static int unify_compare_types(const Type *a, const Type *b) {
    if (a->kind == KIND_DYNAMIC || b->kind == KIND_DYNAMIC) {
        return (a->kind == KIND_DYNAMIC) - (b->kind == KIND_DYNAMIC);
    }
    if (type_is_primitive(a) && type_is_primitive(b)) {
        return (b->kind == KIND_STRING) - (a->kind == KIND_STRING);
    }
    if (type_is_primitive(a) || type_is_primitive(b) || type_is_mapping(a) != type_is_mapping(b))
        return 0;
    if (a->kind != b->kind)
        return rank(a) - rank(b);
    return type_is_collection(a) ? unify_compare_types(a->element, b->element)
                                 : unify_compare_parts(a, b);
}

/* Returns the indexes of the types, most general first (a topological order). */
static size_t *order_types(const TypeSet *set) {
    size_t *order = arena_new_array(set->arena, size_t, set->count);
    size_t *above = arena_new_array(set->arena, size_t, set->count);
    size_t found = 0;
    for (size_t i = 0; i < set->count; i++) {
        for (size_t k = 0; k < set->count; k++) {
            if (unify_compare_types(set->types[k], set->types[i]) < 0)
                above[i]++;
        }
        if (above[i] == 0)
            order[found++] = i;
    }
    for (size_t done = 0; done < found; done++) {
        for (size_t k = 0; k < set->count; k++) {
            if (unify_compare_types(set->types[order[done]], set->types[k]) >= 0)
                continue;
            if (--above[k] == 0)
                order[found++] = k;
        }
    }
    CHECK(found == set->count);
    return order;
}

/* Returns the most general of the types to which all others convert. */
static const Type *unify_among(const TypeSet *set) {
    const size_t *order = order_types(set);
    for (size_t i = 0; i < set->count; i++) {
        const Type *wanted = if_reachable(set, set->types[order[i]]);
        if (wanted)
            return wanted;
    }
    return NULL;
}

/* Returns true if the set has `kind`, and apart from dynamic no kinds but these two (which may be
 * the same). */
static bool unify_has_only(const TypeSet *set, TypeKind kind, TypeKind other) {
    size_t count = set->of_kind[kind] + set->of_kind[KIND_DYNAMIC];
    if (other != kind)
        count += set->of_kind[other];
    return set->of_kind[kind] > 0 && count == set->count;
}

const Type *convert_type_unify(const Type *const *types, size_t count, ConvertSafety safety,
                               Arena *arena) {
    if (count == 0)
        return NULL;
    TypeSet set = unify_collect(types, count, safety, arena);
    if (set.count == 1)
        return set.types[0];
    const Type *unified = NULL;
    for (TypeKind kind = KIND_LIST; kind <= KIND_OBJECT; kind++) {
        if (!unify_has_only(&set, kind, kind))
            continue;
        /* A dynamic type may become any type, so the result is dynamic. */
        if (set.of_kind[KIND_DYNAMIC])
            return &TYPE_DYNAMIC;
        bool structure = kind == KIND_TUPLE || kind == KIND_OBJECT;
        return structure ? unify_structures(&set, kind) : unify_collections(&set);
    }
    if (unify_has_only(&set, KIND_MAP, KIND_OBJECT)) {
        unified = unify_disguised(&set, KIND_OBJECT, KIND_MAP);
    } else if (unify_has_only(&set, KIND_LIST, KIND_TUPLE)) {
        unified = unify_disguised(&set, KIND_TUPLE, KIND_LIST);
    } else if (set.of_kind[KIND_OBJECT] && set.of_kind[KIND_TUPLE]) {
        return NULL;
    }
    return unified ? unified : unify_among(&set);
}

const Type *convert_unify(const Type *const *types, size_t count, Arena *arena) {
    return convert_type_unify(types, count, CONVERT_UNSAFE, arena);
}
