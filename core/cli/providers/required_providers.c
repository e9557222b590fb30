/* Lists required providers: resources, provider blocks and required_providers name them. */
#include "provider_needs.h"

static void add_sorted(ProviderList *list, const Provider *provider, Arena *arena) {
    size_t at = 0;
    while (at < list->count && strcmp(list->items[at]->address, provider->address) < 0)
        at++;
    if (at < list->count && list->items[at] == provider)
        return;
    vec_push(arena, list, provider);
    for (size_t i = list->count - 1; i > at; i--)
        list->items[i] = list->items[i - 1];
    list->items[at] = provider;
}

/* Reports each missing provider once, not once per resource. */
typedef struct Gathering {
    Registry *registry;
    ProviderList *out;
    Map missing;
    Arena *arena;
    Diags *diags;
} Gathering;

static bool providers_add_named(Gathering *gathering, const Module *module, ProviderRef ref) {
    const ProviderRequirement *requirement = map_find(&module->requirements, ref.name);
    Str name = requirement && requirement->source.len ? requirement->source : ref.name;
    const Provider *provider;
    Str key = registry_key(gathering->registry, name);
    if (map_has(&gathering->missing, key))
        return false;
    if (!registry_find(gathering->registry, name, &provider, ref.range, gathering->diags)) {
        map_set(&gathering->missing, key, gathering);
        return false;
    }
    add_sorted(gathering->out, provider, gathering->arena);
    return true;
}

static bool required_providers_add_module(Gathering *gathering, const Module *module) {
    bool ok = true;
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        ok &= providers_add_named(gathering, module, resource->provider);
    }
    map_each(&module->providers, entry) {
        const ProviderConfig *config = entry->value;
        ProviderRef ref = {.name = config->name, .range = config->range};
        ok &= providers_add_named(gathering, module, ref);
    }
    map_each(&module->requirements, entry) {
        const ProviderRequirement *requirement = entry->value;
        ProviderRef ref = {.name = requirement->name, .range = requirement->range};
        ok &= providers_add_named(gathering, module, ref);
    }
    return ok;
}

static bool providers_add_tree(Gathering *gathering, const Module *module) {
    bool ok = required_providers_add_module(gathering, module);
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            ok &= providers_add_tree(gathering, call->module);
    }
    return ok;
}

bool required_providers_of(Registry *registry, const Module *module, ProviderScope scope,
                           ProviderList *out, Arena *arena, Diags *diags) {
    Gathering gathering = {registry, out, map_new(arena), arena, diags};
    return scope == PROVIDERS_OF_TREE ? providers_add_tree(&gathering, module)
                                      : required_providers_add_module(&gathering, module);
}

void required_providers_of_state(const State *state, StrVec *out, Arena *arena) {
    Map seen = map_new(arena);
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        if (!map_has(&seen, resource->provider_config.provider))
            vec_push(arena, out, resource->provider_config.provider);
        map_set(&seen, resource->provider_config.provider, entry->value);
    }
    str_sort(out->items, out->count);
}
