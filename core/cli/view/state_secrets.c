/* Collects the sensitive values of a state. */
#include "render_secret.h"
#include "state_object.h"
#include "view_outputs.h"

static bool secrets_is_sensitive(const Attribute *attribute) {
    return (attribute->flags & SENSITIVE) != 0;
}

static bool can_hold_secrets(const StateObject *object, const Schema *schema) {
    Str paths = object->sensitive_attributes;
    bool has_paths = paths.len > 0 && !str_equal(paths, STR("[]"));
    return has_paths || schema_has(schema, secrets_is_sensitive);
}

const Map *state_secrets(const Engine *engine, const State *state, Arena *arena) {
    Map secrets = map_new(arena);
    StateResources resources = {0};
    state_sorted_resources(state, &resources, arena);
    vec_each(&resources, resource) {
        ResourceAddr address = (*resource)->address;
        const Schema *schema = engine_find_schema(
            engine, address.mode, (*resource)->provider_config.provider, address.type);
        vec_each(&(*resource)->instances, instance) {
            Diags ignored = diags_new(arena);
            Value value;
            if (schema && instance->current && can_hold_secrets(instance->current, schema) &&
                state_object_decode(instance->current, schema, &value, arena, &ignored))
                render_secret_collect(value, &secrets);
        }
    }
    return render_secret_shared(&secrets, arena);
}
