/* statefile: compares the contents of two states, as far as the file stores them. */
#include "statefile.h"
#include "state_object.h"

static bool same_outputs(const Map *a, const Map *b) {
    if (a->count != b->count)
        return false;
    map_each(a, entry) {
        const StateOutput *left = entry->value;
        const StateOutput *right = map_find(b, entry->key);
        if (!right || left->sensitive != right->sensitive)
            return false;
        if (!value_equal(left->value, right->value))
            return false;
    }
    return true;
}

static bool same_instance(const StateInstance *a, const StateInstance *b) {
    if (!str_equal(a->provider_key, b->provider_key) ||
        !state_object_equal(a->current, b->current) || a->deposed.count != b->deposed.count)
        return false;
    vec_each(&a->deposed, deposed) {
        const StateObject *other = state_find_deposed(b, deposed->key);
        if (!other || !state_object_equal(deposed->object, other))
            return false;
    }
    return true;
}

/* Returns the next instance, from *at on, that is written to the file. */
static const StateInstance *next_stored(const StateResource *resource, size_t *at) {
    while (*at < resource->instances.count) {
        const StateInstance *instance = &resource->instances.items[(*at)++];
        if (instance->current || instance->deposed.count > 0)
            return instance;
    }
    return NULL;
}

static bool has_stored(const StateResource *resource) {
    size_t at = 0;
    return resource->is_declared || next_stored(resource, &at) != NULL;
}

static bool same_resource(const StateResource *a, const StateResource *b) {
    if (!provider_config_addr_equal(a->provider_config, b->provider_config))
        return false;
    size_t at_a = 0;
    size_t at_b = 0;
    for (;;) {
        const StateInstance *left = next_stored(a, &at_a);
        const StateInstance *right = next_stored(b, &at_b);
        if (!left || !right)
            return left == right;
        if (!address_key_equal(left->key, right->key) || !same_instance(left, right))
            return false;
    }
}

static size_t count_stored(const State *state) {
    size_t count = 0;
    map_each(&state->resources, entry) {
        count += has_stored(entry->value);
    }
    return count;
}

bool statefile_same_content(const State *a, const State *b) {
    if (!str_equal(a->lineage, b->lineage) || !str_equal(a->environment, b->environment) ||
        !state_owner_equal(&a->owner, &b->owner) || !str_equal(a->applied_plan, b->applied_plan) ||
        count_stored(a) != count_stored(b) || !same_outputs(&a->outputs, &b->outputs) ||
        !state_object_same_json(a->check_results, b->check_results, STR("null")))
        return false;
    map_each(&a->resources, entry) {
        if (!has_stored(entry->value))
            continue;
        const StateResource *other = map_find(&b->resources, entry->key);
        if (!other || !same_resource(entry->value, other))
            return false;
    }
    return true;
}
