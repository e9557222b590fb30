/* Looks up overrides and mocks of a test. */
#include "mocking.h"

/* Returns the first override of the exact instance, or else the first that contains it. */
static const TestOverride *find_in(const TestOverrides *overrides, ResourceAddr address) {
    vec_each(overrides, override) {
        const TestOverride *found = *override;
        if (found->kind != OVERRIDE_MODULE && resource_addr_equal(found->target.resource, address))
            return found;
    }
    vec_each(overrides, override) {
        const TestOverride *found = *override;
        if (found->kind != OVERRIDE_MODULE && address_target_matches(&found->target, address))
            return found;
    }
    return NULL;
}

static Str mocking_file_of(SourceRange range) {
    return range.source ? range.source->path : STR("the test");
}

static bool use_override(const TestOverride *override, Mock *out) {
    if (!override)
        return false;
    out->values = override->values;
    out->during_plan = override->during_plan;
    out->place = mocking_file_of(override->values_range);
    return true;
}

static bool use_mock(const MockProvider *mock, ResourceAddr address, Mock *out) {
    const MockType *type = NULL;
    map_each(&mock->types, entry) {
        bool is_data = str_starts_with(entry->key, STR("data."));
        Str name = is_data ? str_after(entry->key, 5) : entry->key;
        if (is_data == (address.mode == MODE_DATA) && str_equal(name, address.type))
            type = entry->value;
    }
    out->values = type ? type->values : value_null(&TYPE_DYNAMIC);
    out->during_plan = type ? type->during_plan : mock->during_plan;
    out->place = type ? mocking_file_of(type->values_range) : STR_EMPTY;
    return true;
}

void mocking_find(const EngineWalk *walk, const ProviderNode *provider, const ObjectType *type,
                  ResourceAddr address, Mock *out) {
    const TestOverrides *overrides = walk->engine->overrides;
    const MockProvider *mock = provider->config ? provider->config->mock : NULL;
    *out = (Mock){0};
    bool is_found = (overrides && use_override(find_in(overrides, address), out)) ||
                    (mock && (use_override(find_in(&mock->overrides, address), out) ||
                              use_mock(mock, address, out)));
    if (is_found)
        out->type = type;
}

static bool names_module(const ModuleAddr *target, const ModuleAddr *address) {
    for (; target && address; target = target->parent, address = address->parent) {
        bool is_key = target->key.kind == KEY_NONE || address_key_equal(target->key, address->key);
        if (!str_equal(target->name, address->name) || !is_key)
            return false;
    }
    return !target && !address;
}

const TestOverride *mocking_find_module(const EngineWalk *walk, const ModuleAddr *address) {
    const TestOverrides *overrides = walk->engine->overrides;
    if (!overrides)
        return NULL;
    vec_each(overrides, override) {
        if ((*override)->kind == OVERRIDE_MODULE &&
            names_module((*override)->target.module, address))
            return *override;
    }
    return NULL;
}
