/* Resolves local names of providers through required_providers. */
#include "provider_name.h"

#include "utf8.h"

Str provider_name_source(const Module *module, Str local) {
    const ProviderRequirement *requirement = map_find(&module->requirements, local);
    return requirement && requirement->source.len ? requirement->source : local;
}

Str provider_name_key(const Registry *registry, const Module *module, Str local, Arena *arena) {
    return utf8_lower(registry_key(registry, provider_name_source(module, local)), arena);
}

const ProviderConfig *provider_name_block(const Registry *registry, const Module *module, Str key,
                                          Str alias, Arena *arena) {
    map_each(&module->providers, entry) {
        const ProviderConfig *config = entry->value;
        if (str_equal(config->alias, alias) &&
            str_equal(provider_name_key(registry, module, config->name, arena), key))
            return config;
    }
    return NULL;
}
