/* schema: lookup in schemas and their implied types. schema_validate.c, schema_paths.c and
 * schema_defaults.c hold checks, paths and defaults. */
#include "schema.h"
#include "thread.h"

#include <stdatomic.h>

const Attribute *schema_find_attribute(const Schema *schema, Str name) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (str_equal_cstr(name, schema->attributes[i].name))
            return &schema->attributes[i];
    }
    return NULL;
}

StrVec attribute_one_of(const Attribute *attribute, Arena *arena) {
    StrVec words = {0};
    Str rest = str_from_cstr(attribute->one_of);
    while (rest.len) {
        size_t blank = str_find_char(rest, ' ', 0);
        vec_push(arena, &words, str_slice(rest, 0, blank));
        rest = blank == SIZE_MAX ? STR_EMPTY : str_after(rest, blank + 1);
    }
    return words;
}

const Block *schema_find_block(const Schema *schema, Str name) {
    for (size_t i = 0; i < schema->block_count; i++) {
        if (str_equal_cstr(name, schema->blocks[i].name))
            return &schema->blocks[i];
    }
    return NULL;
}

static SchemaMember member_of_attribute(const Attribute *attribute) {
    const NestedObject *nested = attribute->nested;
    return (SchemaMember){
        .name = str_from_cstr(attribute->name),
        .attribute = attribute,
        .nested = nested ? &nested->schema : NULL,
        .nesting = nested ? nested->nesting : NEST_SINGLE,
    };
}

static SchemaMember member_of_block(const Block *block) {
    return (SchemaMember){.name = str_from_cstr(block->name),
                          .block = block,
                          .nested = &block->schema,
                          .nesting = block->nesting};
}

size_t schema_member_count(const Schema *schema) {
    return schema->attribute_count + schema->block_count;
}

SchemaMember schema_member(const Schema *schema, size_t i) {
    return i < schema->attribute_count
               ? member_of_attribute(&schema->attributes[i])
               : member_of_block(&schema->blocks[i - schema->attribute_count]);
}

bool schema_find_member(const Schema *schema, Str name, SchemaMember *out) {
    const Attribute *attribute = schema_find_attribute(schema, name);
    const Block *block = attribute ? NULL : schema_find_block(schema, name);
    if (attribute)
        *out = member_of_attribute(attribute);
    else if (block)
        *out = member_of_block(block);
    return attribute || block;
}

static int schema_compare_attributes(const void *a, const void *b) {
    return strcmp((*(const Attribute *const *)a)->name, (*(const Attribute *const *)b)->name);
}

const Attribute **schema_sorted_attributes(const Schema *schema, Arena *arena) {
    const Attribute **out = arena_new_array(arena, const Attribute *, schema->attribute_count);
    for (size_t i = 0; i < schema->attribute_count; i++)
        out[i] = &schema->attributes[i];
    if (schema->attribute_count > 0)
        qsort(out, schema->attribute_count, sizeof *out, schema_compare_attributes);
    return out;
}

bool schema_has(const Schema *schema, bool (*is)(const Attribute *attribute)) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const NestedObject *nested = schema->attributes[i].nested;
        if (is(&schema->attributes[i]) || (nested && schema_has(&nested->schema, is)))
            return true;
    }
    for (size_t i = 0; i < schema->block_count; i++)
        if (schema_has(&schema->blocks[i].schema, is))
            return true;
    return false;
}

static const Type *build_type(const Schema *schema, Arena *scratch);

const Type *schema_nest_type(Nesting nesting, const Type *object, Arena *arena) {
    switch (nesting) {
    case NEST_SINGLE: return object;
    case NEST_LIST: return type_list(object, arena);
    case NEST_SET: return type_set(object, arena);
    case NEST_MAP: return type_map(object, arena);
    }
    return object;
}

/* If a block contains an attribute of any type, each of its objects may have another type. A list
 * of them is then a tuple, a map an object, and the type is dynamic. */
static const Type *member_type(SchemaMember member, Arena *scratch) {
    if (!member.nested)
        return member.attribute->type;
    const Type *object = build_type(member.nested, scratch);
    bool is_ordered = member.nesting == NEST_LIST || member.nesting == NEST_MAP;
    if (member.block && is_ordered && object->has_dynamic)
        return &TYPE_DYNAMIC;
    return schema_nest_type(member.nesting, object, scratch);
}

static const Type *build_type(const Schema *schema, Arena *scratch) {
    size_t count = schema_member_count(schema);
    Str *names = arena_new_array(scratch, Str, count);
    const Type **types = arena_new_array(scratch, const Type *, count);
    for (size_t i = 0; i < count; i++) {
        SchemaMember member = schema_member(schema, i);
        names[i] = member.name;
        types[i] = member_type(member, scratch);
    }
    return type_intern(type_object(names, types, NULL, count, scratch));
}

/* A cached implied type. Entries are added under the mutex and never change, so readers need no
 * lock. The key includes the tables' addresses because tests reuse the address of a schema. */
typedef struct CacheEntry CacheEntry;
struct CacheEntry {
    const Schema *schema;
    Schema tables;
    const Type *type;
    const CacheEntry *next;
};

enum { CACHE_BUCKETS = 512 };

typedef struct Cache {
    _Atomic(const CacheEntry *) buckets[CACHE_BUCKETS];
    pthread_mutex_t mutex;
    Arena *arena; /* never freed */
} Cache;

static Cache cache = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static bool is_entry_of(const CacheEntry *entry, const Schema *schema) {
    const Schema *tables = &entry->tables;
    return entry->schema == schema && tables->attributes == schema->attributes &&
           tables->attribute_count == schema->attribute_count && tables->blocks == schema->blocks &&
           tables->block_count == schema->block_count;
}

static const Type *cache_find(size_t bucket, const Schema *schema) {
    const CacheEntry *entry = atomic_load_explicit(&cache.buckets[bucket], memory_order_acquire);
    for (; entry; entry = entry->next) {
        if (is_entry_of(entry, schema))
            return entry->type;
    }
    return NULL;
}

static void cache_add(size_t bucket, const Schema *schema, const Type *type) {
    LOCKED(&cache.mutex);
    if (!cache_find(bucket, schema)) {
        if (!cache.arena)
            cache.arena = arena_open("schema types");
        CacheEntry *entry = arena_new(cache.arena, CacheEntry);
        *entry = (CacheEntry){.schema = schema, .tables = *schema, .type = type};
        entry->next = atomic_load_explicit(&cache.buckets[bucket], memory_order_relaxed);
        atomic_store_explicit(&cache.buckets[bucket], entry, memory_order_release);
    }
}

const Type *schema_implied_type(const Schema *schema) {
    size_t bucket = ((uintptr_t)schema >> 4) * 0x9E3779B97F4A7C15ULL >> 55;
    const Type *type = cache_find(bucket, schema);
    if (type)
        return type;
    SCOPED(ArenaRef) scratch = arena_open("schema type");
    type = build_type(schema, scratch);
    cache_add(bucket, schema, type);
    return type;
}

const Type *attribute_implied_type(const Attribute *attribute) {
    SCOPED(ArenaRef) scratch = arena_open("attribute type");
    return type_intern(member_type(member_of_attribute(attribute), scratch));
}

static const Type *configured_object(const Schema *schema, Arena *arena) {
    Str *names = arena_new_array(arena, Str, schema->attribute_count);
    const Type **types = arena_new_array(arena, const Type *, schema->attribute_count);
    bool *optional = arena_new_array(arena, bool, schema->attribute_count);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        names[i] = str_from_cstr(schema->attributes[i].name);
        types[i] = attribute_configured_type(&schema->attributes[i], arena);
        optional[i] = !(schema->attributes[i].flags & REQUIRED);
    }
    return type_object(names, types, optional, schema->attribute_count, arena);
}

const Type *attribute_configured_type(const Attribute *attribute, Arena *arena) {
    const NestedObject *nested = attribute->nested;
    return nested
               ? schema_nest_type(nested->nesting, configured_object(&nested->schema, arena), arena)
               : attribute->type;
}

static Value empty_block(const Block *block, const Type *type, Arena *arena) {
    bool is_dynamic = type->kind == KIND_DYNAMIC;
    switch (block->nesting) {
    case NEST_SINGLE:
        if (block->is_group)
            return schema_empty_value(&block->schema, arena);
        break;
    case NEST_LIST:
        if (is_dynamic)
            return value_tuple(NULL, 0, arena);
        return value_list(type->element, NULL, 0, arena);
    case NEST_SET: return value_set(type->element, NULL, 0, arena);
    case NEST_MAP:
        if (is_dynamic)
            return value_object_of(&TYPE_EMPTY_OBJECT, NULL);
        return value_map(type->element, NULL, NULL, 0, arena);
    }
    return value_null(type);
}

Value schema_empty_value(const Schema *schema, Arena *arena) {
    const Type *type = schema_implied_type(schema);
    Value *items = arena_new_array(arena, Value, type->count);
    size_t at;
    for (size_t i = 0; i < type->count; i++)
        items[i] = value_null(type_at(type, i));
    for (size_t i = 0; i < schema->block_count; i++) {
        const Block *block = &schema->blocks[i];
        if (!type_find_attribute(type, str_from_cstr(block->name), &at))
            continue;
        items[at] = empty_block(block, type_at(type, at), arena);
    }
    return value_with_items(value_object_of(type, items), items, arena);
}
