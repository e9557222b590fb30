/* Checks that the providers of stored objects are available.
 *
 * An object whose block uses another provider than the state records is handed over to that one,
 * but only if the recorded one is available, too: a missing program must not turn into calls of
 * another provider that has a type of the same name. */
#include "provider_name.h"
#include "transform.h"

/* Returns true if the block of the stored object has a mock or the provider that the state names,
 * or if there is no block. */
static bool stored_is_used(EngineWalk *walk, const StateResource *resource) {
    const Registry *registry = walk->engine->registry;
    const Node *node = transform_locate_block(walk, resource->address);
    const Node *used = node ? node->as.resource->provider : NULL;
    if (!used || (used->as.provider->config && used->as.provider->config->mock))
        return true;
    return str_equal(registry_key(registry, resource->provider_config.provider),
                     registry_key(registry, used->as.provider->address.provider));
}

bool transform_stored(EngineWalk *walk, Diags *diags) {
    Map seen = map_new(walk->arena);
    size_t before = diags->error_count;
    if (!walk->state)
        return true;
    map_each(&walk->state->resources, entry) {
        const StateResource *resource = entry->value;
        Str address = resource->provider_config.provider;
        Diags ignored = diags_new(walk->arena);
        const Provider *provider = NULL;
        if (map_has(&seen, address) || stored_is_used(walk, resource))
            continue;
        map_set(&seen, address, entry->value);
        if (!registry_find(walk->engine->registry, address, &provider, NO_RANGE, &ignored))
            diags_error(diags, NO_RANGE, "Missing required provider",
                        "The state requires the provider %.*s for %.*s, and it is not available. "
                        "To install it, run \"loam init\". To use the provider of the "
                        "configuration instead, run \"loam state replace-provider\".",
                        STR_ARG(address),
                        STR_ARG(resource_addr_to_str(resource->address, walk->arena)));
    }
    return diags->error_count == before;
}
