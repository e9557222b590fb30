/* Providers by need: a module's resources, provider blocks and required_providers name them. */
#include "requirement.h"

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

static bool add_named(Registry *registry,
                      const Module *module,
                      ProviderRef ref,
                      ProviderList *out,
                      Arena *arena,
                      Diags *diags) {
    const ProviderRequirement *requirement = map_find(&module->requirements, ref.name);
    Str name = requirement && requirement->source.len ? requirement->source : ref.name;
    const Provider *provider;
    if (!registry_find(registry, name, &provider, ref.range, diags))
        return false;
    add_sorted(out, provider, arena);
    return true;
}

bool requirement_of_module(
    Registry *registry, const Module *module, ProviderList *out, Arena *arena, Diags *diags) {
    bool ok = true;
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        ok &= add_named(registry, module, resource->provider, out, arena, diags);
    }
    map_each(&module->providers, entry) {
        const ProviderConfig *config = entry->value;
        ProviderRef ref = {.name = config->name, .range = config->range};
        ok &= add_named(registry, module, ref, out, arena, diags);
    }
    map_each(&module->requirements, entry) {
        const ProviderRequirement *requirement = entry->value;
        ProviderRef ref = {.name = requirement->name, .range = requirement->range};
        ok &= add_named(registry, module, ref, out, arena, diags);
    }
    return ok;
}

bool requirement_of_tree(
    Registry *registry, const Module *module, ProviderList *out, Arena *arena, Diags *diags) {
    bool ok = requirement_of_module(registry, module, out, arena, diags);
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            ok &= requirement_of_tree(registry, call->module, out, arena, diags);
    }
    return ok;
}

void requirement_of_state(const State *state, StrVec *out, Arena *arena) {
    Map seen = map_new(arena);
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        if (!map_has(&seen, resource->provider))
            vec_push(arena, out, resource->provider);
        map_set(&seen, resource->provider, entry->value);
    }
    str_sort(out->items, out->count);
}
