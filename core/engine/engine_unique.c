/* engine_unique: one index for the values of all rules. */
#include "engine_walk.h"

typedef struct Uniqueness {
    Map owners; /* name of the rule and values → InstanceRecord * */
    Arena *arena;
    Diags *diags;
} Uniqueness;

/* Returns the values of the rule's attributes, as one key; empty: the object is not compared. */
static Str unique_values_of(const UniqueRule *rule, Value object, Arena *arena) {
    StrBuf key = strbuf_new(arena);
    Value value = {0};
    strbuf_add_cstr(&key, rule->name);
    for (size_t i = 0; i < ARRAY_COUNT(rule->attributes) && rule->attributes[i]; i++) {
        if (!value_find(object, str_from_cstr(rule->attributes[i]), &value) ||
            !value_is_known(value))
            return STR_EMPTY;
        Str text = value_is_null(value) ? STR_EMPTY : value_text(value);
        strbuf_add_format(&key, "\n%zu %.*s", text.len, STR_ARG(text));
    }
    return value_is_null(value) ? STR_EMPTY : strbuf_str(&key);
}

static void unique_report(const Uniqueness *unique, const UniqueRule *rule, const InstanceRecord *a,
                          const InstanceRecord *b) {
    Arena *arena = unique->arena;
    const Resource *config = b->node->as.resource->config;
    const char *attribute = rule->attributes[rule->attributes[1] ? 1 : 0];
    Value value = value_attribute(b->planned->after, str_from_cstr(attribute));
    Str text = value_is_secret(value) ? STR("(sensitive value)") : value_text(value);
    Str address = resource_addr_to_str(b->address, arena);
    size_t from = unique->diags->count;
    diags_error(unique->diags, config ? config->range : NO_RANGE, "Objects not distinct",
                "%.*s and %.*s have the same %s: \"%.*s\". Change one of them.",
                STR_ARG(resource_addr_to_str(a->address, arena)), STR_ARG(address), rule->name,
                STR_ARG(text));
    diags_set_address(unique->diags, from, address);
}

static bool stays(const InstanceRecord *record) {
    return record->planned->action == ACTION_NO_OP;
}

static void unique_check_record(InstanceRecord *record, void *payload) {
    Uniqueness *unique = payload;
    if (!record->planned || record->deferral || record->deposed.len ||
        record->address.mode != MODE_MANAGED || !value_is_present(record->planned->after))
        return;
    const ResourceType *type = resource_type_of(record->node->as.resource->type);
    for (size_t i = 0; i < type->unique_count; i++) {
        Str key = unique_values_of(&type->unique[i], record->planned->after, unique->arena);
        const InstanceRecord *other = key.len ? map_find(&unique->owners, key) : NULL;
        if (other && !(stays(other) && stays(record)))
            unique_report(unique, &type->unique[i], other, record);
        else if (key.len && !other)
            map_set(&unique->owners, key, record);
    }
}

void engine_unique_check(EngineWalk *walk, Arena *arena, Diags *diags) {
    Uniqueness unique = {map_new(arena), arena, diags};
    if (walk->options->mode == PLAN_NORMAL)
        engine_walk_each_record(walk, unique_check_record, &unique);
}
