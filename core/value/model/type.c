/* type: construction, interning and equality of types. */
#include "type.h"

#include "str_quote.h"
#include "thread.h"

#include <stdatomic.h>

/* Hashes of primitive types; type_hash_mix derives the others from them. */
enum { HASH_BASE = 0x9e3779b1 };
#define HASH_SEED(kind)             ((uint32_t)HASH_BASE * ((uint32_t)(kind) + 1u))
#define HASH_MIX(hash, by)          (((hash) ^ (by)) * 0x01000193u + 0x7feb352du)
#define HASH_OF(kind, element_kind) HASH_MIX(HASH_SEED(kind), HASH_SEED(element_kind))

#define PLAIN_TYPE(of)                                                                             \
    { .kind = (of), .interned = true, .hash = HASH_SEED(of) }
/* A collection of elements without "any". */
#define COLLECTION_TYPE(of, elements, element_kind)                                                \
    { .kind = (of), .element = &(elements), .interned = true, .hash = HASH_OF(of, element_kind) }
#define COLLECTION_OF_ANY(of)                                                                      \
    {                                                                                              \
        .kind = (of), .element = &TYPE_DYNAMIC, .interned = true, .has_dynamic = true,             \
        .hash = HASH_OF(of, KIND_DYNAMIC)                                                          \
    }

const Type TYPE_DYNAMIC = {
    .kind = KIND_DYNAMIC, .interned = true, .has_dynamic = true, .hash = HASH_SEED(KIND_DYNAMIC)};
const Type TYPE_BOOL = PLAIN_TYPE(KIND_BOOL);
const Type TYPE_NUMBER = PLAIN_TYPE(KIND_NUMBER);
const Type TYPE_STRING = PLAIN_TYPE(KIND_STRING);
const Type TYPE_LIST_OF_STRING = COLLECTION_TYPE(KIND_LIST, TYPE_STRING, KIND_STRING);
const Type TYPE_LIST_OF_NUMBER = COLLECTION_TYPE(KIND_LIST, TYPE_NUMBER, KIND_NUMBER);
const Type TYPE_SET_OF_STRING = COLLECTION_TYPE(KIND_SET, TYPE_STRING, KIND_STRING);
const Type TYPE_MAP_OF_STRING = COLLECTION_TYPE(KIND_MAP, TYPE_STRING, KIND_STRING);
const Type TYPE_MAP_OF_BOOL = COLLECTION_TYPE(KIND_MAP, TYPE_BOOL, KIND_BOOL);
const Type TYPE_LIST_OF_ANY = COLLECTION_OF_ANY(KIND_LIST);
const Type TYPE_SET_OF_ANY = COLLECTION_OF_ANY(KIND_SET);
const Type TYPE_MAP_OF_ANY = COLLECTION_OF_ANY(KIND_MAP);
const Type TYPE_MAP_OF_STRING_LISTS = {
    .kind = KIND_MAP,
    .element = &TYPE_LIST_OF_STRING,
    .interned = true,
    .hash = HASH_MIX(HASH_SEED(KIND_MAP), HASH_OF(KIND_LIST, KIND_STRING))};
const Type TYPE_EMPTY_TUPLE = PLAIN_TYPE(KIND_TUPLE);
const Type TYPE_EMPTY_OBJECT = PLAIN_TYPE(KIND_OBJECT);

/* The collection types of one interned type; once created, they are read without the lock. */
typedef struct Derived {
    _Atomic(const Type *) list;
    _Atomic(const Type *) set;
    _Atomic(const Type *) map;
} Derived;

/* Every interned type except the constants below is one of these. */
typedef struct Interned {
    Type type;
    Derived derived;
} Interned;

typedef struct Interner {
    pthread_mutex_t mutex;
    Arena *arena; /* lives as long as the process */
    const Type **slots;
    size_t slot_count; /* a power of two */
    size_t count;
} Interner;

static Interner interner = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static struct {
    const Type *type;
    Derived derived;
} constants[] = {
    {&TYPE_STRING, {&TYPE_LIST_OF_STRING, &TYPE_SET_OF_STRING, &TYPE_MAP_OF_STRING}},
    {&TYPE_NUMBER, {.list = &TYPE_LIST_OF_NUMBER}},
    {&TYPE_LIST_OF_STRING, {.map = &TYPE_MAP_OF_STRING_LISTS}},
    {&TYPE_DYNAMIC, {&TYPE_LIST_OF_ANY, &TYPE_SET_OF_ANY, &TYPE_MAP_OF_ANY}},
    {&TYPE_BOOL, {.map = &TYPE_MAP_OF_BOOL}},
    {.type = &TYPE_MAP_OF_BOOL},
    {.type = &TYPE_LIST_OF_NUMBER},
    {.type = &TYPE_SET_OF_STRING},
    {.type = &TYPE_MAP_OF_STRING},
    {.type = &TYPE_MAP_OF_STRING_LISTS},
    {.type = &TYPE_LIST_OF_ANY},
    {.type = &TYPE_SET_OF_ANY},
    {.type = &TYPE_MAP_OF_ANY},
    {.type = &TYPE_EMPTY_TUPLE},
    {.type = &TYPE_EMPTY_OBJECT},
};

static uint32_t type_hash_mix(uint32_t hash, uint32_t by) {
    return HASH_MIX(hash, by);
}

/* Sets the flags and the hash from the parts. */
static void type_finish(Type *type) {
    bool has_dynamic = type->kind == KIND_DYNAMIC;
    bool has_optional = false;
    uint32_t hash = HASH_SEED(type->kind);
    bool collection = type_is_collection(type);
    size_t parts = collection ? 1 : type->count;
    for (size_t i = 0; i < parts; i++) {
        const Type *part = collection ? type->element : type_at(type, i);
        has_dynamic |= part->has_dynamic;
        has_optional |= part->has_optional;
        hash = type_hash_mix(hash, part->hash);
        if (type->names)
            hash = type_hash_mix(hash, (uint32_t)str_hash(type->names[i]));
        if (!type->optional)
            continue;
        has_optional |= type->optional[i];
        hash = type_hash_mix(hash, type->optional[i]);
    }
    type->has_dynamic = has_dynamic;
    type->has_optional = has_optional;
    type->hash = hash;
}

static bool is_any_true(const bool *flags, size_t count) {
    for (size_t i = 0; flags && i < count; i++) {
        if (flags[i])
            return true;
    }
    return false;
}

/* From here to intern_locked the caller holds the interner's lock. */
static void type_insert(const Type **slots, size_t slot_count, const Type *type) {
    size_t at = type->hash & (slot_count - 1);
    while (slots[at])
        at = (at + 1) & (slot_count - 1);
    slots[at] = type;
}

static void type_grow(void) {
    size_t slot_count = interner.slot_count ? interner.slot_count * 2 : 1024;
    const Type **slots = arena_new_array(interner.arena, const Type *, slot_count);
    for (size_t i = 0; i < interner.slot_count; i++) {
        if (interner.slots[i])
            type_insert(slots, slot_count, interner.slots[i]);
    }
    interner.slots = slots;
    interner.slot_count = slot_count;
}

static void type_prepare(void) {
    if (interner.arena)
        return;
    interner.arena = arena_open("types");
    type_grow();
    for (size_t i = 0; i < ARRAY_COUNT(constants); i++) {
        type_insert(interner.slots, interner.slot_count, constants[i].type);
        interner.count++;
    }
}

static const Type *type_lookup(const Type *type) {
    size_t at = type->hash & (interner.slot_count - 1);
    for (; interner.slots[at]; at = (at + 1) & (interner.slot_count - 1)) {
        if (type_equal(interner.slots[at], type))
            return interner.slots[at];
    }
    return NULL;
}

static const Type *store(const Type *type) {
    Interned *kept = arena_new(interner.arena, Interned);
    kept->type = *type;
    kept->type.interned = true;
    if ((interner.count + 1) * 2 > interner.slot_count)
        type_grow();
    type_insert(interner.slots, interner.slot_count, &kept->type);
    interner.count++;
    return &kept->type;
}

static const Type *intern_locked(const Type *type);

/* Returns the interned types of the parts, in the interner's memory; NULL if the type has no such
 * array. */
static const Type *const *intern_types(const Type *type) {
    if (!type->types)
        return NULL;
    const Type **types = arena_new_array(interner.arena, const Type *, type->count);
    for (size_t i = 0; i < type->count; i++)
        types[i] = intern_locked(type->types[i]);
    return types;
}

static const Str *intern_names(const Type *type) {
    if (!type->names)
        return NULL;
    Str *names = arena_new_array(interner.arena, Str, type->count);
    for (size_t i = 0; i < type->count; i++)
        names[i] = str_clone(type->names[i], interner.arena);
    return names;
}

/* Returns the interned equal of a type, which may be on the stack; the result never is. */
static const Type *represent(const Type *type) {
    const Type *found = type_lookup(type);
    if (found)
        return found;
    Type copy = *type;
    copy.element = type->element ? intern_locked(type->element) : NULL;
    copy.types = intern_types(type);
    copy.names = intern_names(type);
    if (type->optional) {
        bool *optional = arena_new_array(interner.arena, bool, type->count);
        memcpy(optional, type->optional, type->count * sizeof(bool));
        copy.optional = optional;
    }
    return store(&copy);
}

static const Type *intern_locked(const Type *type) {
    return type->interned ? type : represent(type);
}

static const Type *represent_with_lock(const Type *type) {
    LOCKED(&interner.mutex);
    type_prepare();
    return represent(type);
}

const Type *type_intern(const Type *type) {
    return type->interned ? type : represent_with_lock(type);
}

static Derived *derived_of(const Type *interned) {
    for (size_t i = 0; i < ARRAY_COUNT(constants); i++) {
        if (constants[i].type == interned)
            return &constants[i].derived;
    }
    return &((Interned *)interned)->derived;
}

static _Atomic(const Type *) *derived_slot(Derived *derived, TypeKind kind) {
    if (kind == KIND_LIST)
        return &derived->list;
    return kind == KIND_SET ? &derived->set : &derived->map;
}

static const Type *type_collection(TypeKind kind, const Type *element, Arena *arena) {
    Type type = {.kind = kind, .element = element};
    if (element->interned) {
        _Atomic(const Type *) *slot = derived_slot(derived_of(element), kind);
        const Type *known = atomic_load_explicit(slot, memory_order_acquire);
        if (known)
            return known;
        type_finish(&type);
        const Type *interned = represent_with_lock(&type);
        atomic_store_explicit(slot, interned, memory_order_release);
        return interned;
    }
    type_finish(&type);
    Type *made = arena_new(arena, Type);
    *made = type;
    return made;
}

const Type *type_list(const Type *element, Arena *arena) {
    return type_collection(KIND_LIST, element, arena);
}

const Type *type_set(const Type *element, Arena *arena) {
    return type_collection(KIND_SET, element, arena);
}

const Type *type_map(const Type *element, Arena *arena) {
    return type_collection(KIND_MAP, element, arena);
}

const Type *type_tuple_of(const Type *element, size_t count, Arena *arena) {
    if (count == 0)
        return &TYPE_EMPTY_TUPLE;
    CHECK(count <= UINT32_MAX);
    Type *type = arena_new(arena, Type);
    *type = (Type){.kind = KIND_TUPLE, .count = (uint32_t)count, .element = element};
    type_finish(type);
    return type;
}

static bool is_all_equal(const Type *const *types, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (!type_equal(types[0], types[i]))
            return false;
    }
    return true;
}

const Type *type_tuple(const Type *const *types, size_t count, Arena *arena) {
    if (count == 0)
        return &TYPE_EMPTY_TUPLE;
    if (is_all_equal(types, count))
        return type_tuple_of(types[0], count, arena);
    CHECK(count <= UINT32_MAX);
    const Type **copy = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++)
        copy[i] = types[i];
    Type *type = arena_new(arena, Type);
    *type = (Type){.kind = KIND_TUPLE, .count = (uint32_t)count, .types = copy};
    type_finish(type);
    return type;
}

typedef struct NamedIndex {
    Str name;
    size_t index;
} NamedIndex;

static int type_compare_names(const void *a, const void *b) {
    return str_compare(((const NamedIndex *)a)->name, ((const NamedIndex *)b)->name);
}

static bool type_is_sorted(const Str *names, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (str_compare(names[i - 1], names[i]) > 0)
            return false;
    }
    return true;
}

/* Sorts the names; `types` and `optional`, which may be NULL, follow them. */
static void sort_attributes(Str *names, const Type **types, bool *optional, size_t count,
                            Arena *arena) {
    NamedIndex *order = arena_new_array(arena, NamedIndex, count);
    const Type **old_types = arena_new_array(arena, const Type *, count);
    bool *old_optional = arena_new_array(arena, bool, count);
    for (size_t i = 0; i < count; i++) {
        order[i] = (NamedIndex){names[i], i};
        old_types[i] = types[i];
        old_optional[i] = optional && optional[i];
    }
    qsort(order, count, sizeof(*order), type_compare_names);
    for (size_t i = 0; i < count; i++) {
        names[i] = order[i].name;
        types[i] = old_types[order[i].index];
        if (optional)
            optional[i] = old_optional[order[i].index];
    }
}

const Type *type_object(const Str *names, const Type *const *types, const bool *optional,
                        size_t count, Arena *arena) {
    if (count == 0)
        return &TYPE_EMPTY_OBJECT;
    CHECK(count <= UINT32_MAX);
    bool with_optional = is_any_true(optional, count);
    Str *sorted_names = arena_new_array(arena, Str, count);
    const Type **sorted_types = arena_new_array(arena, const Type *, count);
    bool *sorted_optional = with_optional ? arena_new_array(arena, bool, count) : NULL;
    for (size_t i = 0; i < count; i++) {
        sorted_names[i] = names[i];
        sorted_types[i] = types[i];
        if (with_optional)
            sorted_optional[i] = optional[i];
    }
    if (!type_is_sorted(names, count))
        sort_attributes(sorted_names, sorted_types, sorted_optional, count, arena);
    Type *type = arena_new(arena, Type);
    *type = (Type){.kind = KIND_OBJECT,
                   .count = (uint32_t)count,
                   .types = sorted_types,
                   .names = sorted_names,
                   .optional = sorted_optional};
    type_finish(type);
    return type;
}

/* Returns the first element type that is not dynamic: an untyped null or unknown does not determine
 * it. */
static const Type *first_typed(const Type *type, const Type *const *types, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (types[i]->kind != KIND_DYNAMIC)
            return types[i];
    }
    return count ? types[0] : type->element;
}

const Type *type_with_elements(const Type *type, const Type *const *types, size_t count,
                               Arena *arena) {
    switch (type->kind) {
    case KIND_TUPLE: return type_tuple(types, count, arena);
    case KIND_OBJECT: return type_object(type->names, types, type->optional, count, arena);
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP: return type_collection(type->kind, first_typed(type, types, count), arena);
    case KIND_DYNAMIC:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: break;
    }
    return type;
}

const Type *type_clone(const Type *type, Arena *arena) {
    if (type->interned)
        return type;
    Type *copy = arena_new(arena, Type);
    *copy = *type;
    if (type->element)
        copy->element = type_clone(type->element, arena);
    if (type->types) {
        const Type **types = arena_new_array(arena, const Type *, type->count);
        for (size_t i = 0; i < type->count; i++)
            types[i] = type_clone(type->types[i], arena);
        copy->types = types;
    }
    if (type->names) {
        Str *names = arena_new_array(arena, Str, type->count);
        for (size_t i = 0; i < type->count; i++)
            names[i] = str_clone(type->names[i], arena);
        copy->names = names;
    }
    if (type->optional) {
        bool *optional = arena_new_array(arena, bool, type->count);
        memcpy(optional, type->optional, type->count * sizeof(bool));
        copy->optional = optional;
    }
    return copy;
}

static const Type *drop_optional(const Type *type, Arena *arena) {
    if (type_is_collection(type)) {
        return type_collection(type->kind, type_without_optional(type->element, arena), arena);
    }
    if (type->element) {
        return type_tuple_of(type_without_optional(type->element, arena), type->count, arena);
    }
    const Type **types = arena_new_array(arena, const Type *, type->count);
    for (size_t i = 0; i < type->count; i++)
        types[i] = type_without_optional(type->types[i], arena);
    if (type->kind == KIND_TUPLE)
        return type_tuple(types, type->count, arena);
    return type_object(type->names, types, NULL, type->count, arena);
}

const Type *type_without_optional(const Type *type, Arena *arena) {
    if (!type->has_optional)
        return type;
    const Type *plain = drop_optional(type, arena);
    return type->interned ? type_intern(plain) : plain;
}

static bool equal_parts(const Type *a, const Type *b) {
    if (a->element && b->element)
        return type_equal(a->element, b->element);
    for (size_t i = 0; i < a->count; i++) {
        if (!type_equal(type_at(a, i), type_at(b, i)))
            return false;
        if (!a->names)
            continue;
        if (!str_equal(a->names[i], b->names[i]))
            return false;
        if ((a->optional && a->optional[i]) != (b->optional && b->optional[i]))
            return false;
    }
    return true;
}

bool type_equal(const Type *a, const Type *b) {
    if (a == b)
        return true;
    if (a->interned && b->interned)
        return false;
    if (a->hash != b->hash || a->kind != b->kind || a->count != b->count)
        return false;
    return equal_parts(a, b);
}

bool type_is_primitive(const Type *type) {
    return type->kind == KIND_BOOL || type->kind == KIND_NUMBER || type->kind == KIND_STRING;
}

bool type_is_collection(const Type *type) {
    return type->kind == KIND_LIST || type->kind == KIND_SET || type->kind == KIND_MAP;
}

bool type_is_sequence(const Type *type) {
    return type->kind == KIND_LIST || type->kind == KIND_SET || type->kind == KIND_TUPLE;
}

bool type_is_mapping(const Type *type) {
    return type->kind == KIND_MAP || type->kind == KIND_OBJECT;
}

const Type *type_at(const Type *type, size_t i) {
    CHECK(i < type->count);
    return type->types ? type->types[i] : type->element;
}

bool type_find_attribute(const Type *object, Str name, size_t *index) {
    size_t low = 0, high = object->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(object->names[middle], name);
        if (order == 0) {
            *index = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

size_t type_get_attribute(const Type *object, Str name) {
    size_t index = 0;
    bool found = type_find_attribute(object, name, &index);
    CHECK(found);
    return index;
}

static const char *const kind_names[] = {
    [KIND_DYNAMIC] = "dynamic", [KIND_BOOL] = "bool",   [KIND_NUMBER] = "number",
    [KIND_STRING] = "string",   [KIND_LIST] = "list",   [KIND_SET] = "set",
    [KIND_MAP] = "map",         [KIND_TUPLE] = "tuple", [KIND_OBJECT] = "object",
};
static_assert(ARRAY_COUNT(kind_names) == KIND_OBJECT + 1, "a name for each kind");

const char *type_kind_name(TypeKind kind) {
    return kind_names[kind];
}

Str type_friendly_name(const Type *type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (; type_is_collection(type); type = type->element) {
        strbuf_add_cstr(&text, kind_names[type->kind]);
        strbuf_add_cstr(&text, " of ");
    }
    strbuf_add_cstr(&text, kind_names[type->kind]);
    return strbuf_str(&text);
}

static bool type_is_identifier(Str name) {
    if (name.len == 0)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
        bool later = (c >= '0' && c <= '9') || c == '-';
        if (!letter && !(later && i > 0))
            return false;
    }
    return true;
}

static void add_constraint(StrBuf *text, const Type *type);

static void add_attributes(StrBuf *text, const Type *type) {
    strbuf_add_char(text, '{');
    for (size_t i = 0; i < type->count; i++) {
        bool optional = type->optional && type->optional[i];
        Str name = type->names[i];
        if (i)
            strbuf_add_cstr(text, ", ");
        strbuf_add(text, type_is_identifier(name) ? name : str_quote(name, text->arena));
        strbuf_add_cstr(text, optional ? "=optional(" : "=");
        add_constraint(text, type->types[i]);
        if (optional)
            strbuf_add_char(text, ')');
    }
    strbuf_add_char(text, '}');
}

static void add_constraint(StrBuf *text, const Type *type) {
    if (type->kind == KIND_DYNAMIC) {
        strbuf_add_cstr(text, "any");
        return;
    }
    strbuf_add_cstr(text, kind_names[type->kind]);
    if (type_is_primitive(type))
        return;
    strbuf_add_char(text, '(');
    if (type_is_collection(type)) {
        add_constraint(text, type->element);
    } else if (type->kind == KIND_OBJECT) {
        add_attributes(text, type);
    } else {
        strbuf_add_char(text, '[');
        for (size_t i = 0; i < type->count; i++) {
            if (i)
                strbuf_add_cstr(text, ", ");
            add_constraint(text, type_at(type, i));
        }
        strbuf_add_char(text, ']');
    }
    strbuf_add_char(text, ')');
}

Str type_to_constraint(const Type *type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    add_constraint(&text, type);
    return strbuf_str(&text);
}
