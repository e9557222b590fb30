/* deletions: an index by type. A lookup scans the deletions of its type. */
#include "deletions.h"

#include "state_object.h"

typedef struct Deletions {
    VEC(const ResourceChange *) changes;  /* apply */
    VEC(const StateResource *) resources; /* destroy plan: all stored resources */
} Deletions;

static Deletions *deletions_of(EngineWalk *walk, Str type) {
    Deletions *deletions = map_find(&walk->deletions, type);
    if (deletions)
        return deletions;
    deletions = arena_new(walk->arena, Deletions);
    map_set(&walk->deletions, type, deletions);
    return deletions;
}

static bool destroys_all(const EngineWalk *walk) {
    return walk->phase == PHASE_PLAN && walk->options->mode == PLAN_DESTROY && walk->state &&
           !engine_is_partial(walk->options);
}

void deletions_index(EngineWalk *walk) {
    walk->deletions = map_new(walk->arena);
    if (walk->phase == PHASE_APPLY) {
        vec_each(&walk->plan->changes, change) {
            if (change->action == ACTION_DELETE && change->deposed.len == 0 &&
                change->address.mode == MODE_MANAGED)
                vec_push(walk->arena, &deletions_of(walk, change->address.type)->changes, change);
        }
    }
    if (!destroys_all(walk))
        return;
    map_each(&walk->state->resources, entry) {
        const StateResource *resource = entry->value;
        if (resource->address.mode == MODE_MANAGED)
            vec_push(walk->arena, &deletions_of(walk, resource->address.type)->resources, resource);
    }
}

static bool has_text(Value object, const char *attribute, Str text) {
    Value value;
    return value_is_present(object) && value_find(object, str_from_cstr(attribute), &value) &&
           value_is_present(value) && value.type->kind == KIND_STRING &&
           str_equal(value_text(value), text);
}

static bool stored_has(const EngineWalk *walk,
                       const StateResource *resource,
                       const char *attribute,
                       Str text) {
    SCOPED(ArenaRef) scratch = arena_open("deletions");
    const Schema *schema = engine_find_schema(
        walk->engine, MODE_MANAGED, resource->provider_config.provider, resource->address.type);
    Value value;
    vec_each(&resource->instances, instance) {
        const StateObject *object = instance->current;
        Diags ignored = diags_new(scratch);
        if (schema && object && object->schema_version == (uint64_t)schema->version &&
            state_object_decode(object, schema, &value, scratch, &ignored) &&
            has_text(value, attribute, text))
            return true;
    }
    return false;
}

bool deletions_have(const EngineWalk *walk, const char *type, const char *attribute, Str text) {
    const Deletions *deletions = map_find(&walk->deletions, str_from_cstr(type));
    if (!deletions)
        return false;
    vec_each(&deletions->changes, change) {
        if (has_text((*change)->before, attribute, text))
            return true;
    }
    vec_each(&deletions->resources, resource) {
        if (stored_has(walk, *resource, attribute, text))
            return true;
    }
    return false;
}
