#include "provider_twins.h"

#include "config_test.h"

typedef struct TwinAdoption {
    ForeignPrograms *programs;
    const State *state; /* NULL: unknown */
    Arena *arena;
    Diags *diags;
} TwinAdoption;

/* Returns whether the project works with the provider `source`. */
static bool is_in_use(const TwinAdoption *adoption, Str source, bool *out) {
    const State *state = adoption->state;
    Str address = foreign_programs_address(adoption->programs, source, adoption->arena);
    if (!foreign_programs_is_locked(adoption->programs, address, out, adoption->diags))
        return false;
    if (*out || !state)
        return true;
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        Str stored = address_without_public_host(resource->provider_config.provider);
        *out = *out || str_equal(stored, address_without_public_host(address));
    }
    return true;
}

/* Returns whether the block has an argument or a nested block of the twin. */
static bool has_twin_argument(const Body *body, const ProviderTwin *twin, Arena *arena) {
    Diags ignored = diags_new(arena);
    for (size_t i = 0; i < twin->arguments->count; i++) {
        const char *name = twin->arguments->rows[i].name;
        const BodyAttributeSchema attribute = {name, false, BODY_LITERAL};
        const BodyBlockSchema block = {name, 0};
        const BodySchema schemas[] = {{.attributes = &attribute, .attribute_count = 1},
                                      {.blocks = &block, .block_count = 1}};
        for (size_t j = 0; j < ARRAY_COUNT(schemas); j++) {
            BodyContent content = {0};
            const Body *rest;
            (void)!body_content(body, &schemas[j], &content, &rest, arena, &ignored);
            if (content.attributes.count || content.blocks.count)
                return true;
        }
    }
    return false;
}

/* Returns whether the module uses what only the twin has. */
static bool means_twin(const Module *module, const Provider *provider, Arena *arena) {
    map_each(&module->resources, entry) {
        const Resource *resource = entry->value;
        if (str_equal_cstr(resource->provider.name, provider->name) &&
            registry_find_twin_type(provider, resource->mode, resource->type))
            return true;
    }
    map_each(&module->providers, entry) {
        const ProviderConfig *config = entry->value;
        if (config->body && str_equal_cstr(config->name, provider->name) &&
            has_twin_argument(config->body, provider->twin, arena))
            return true;
    }
    return false;
}

static bool adopt_in_module(const TwinAdoption *adoption, Module *module,
                            const Provider *provider) {
    Str name = str_from_cstr(provider->name);
    Str source = str_from_cstr(provider->twin->source);
    bool is_used = false;
    if (map_has(&module->requirements, name) || !means_twin(module, provider, adoption->arena))
        return true;
    if (!is_in_use(adoption, source, &is_used))
        return false;
    if (!is_used)
        return true;
    ProviderRequirement *requirement = arena_new(adoption->arena, ProviderRequirement);
    *requirement = (ProviderRequirement){.name = name, .source = source};
    (void)map_put(adoption->arena, &module->requirements, name, requirement);
    return true;
}

static bool adopt_in_tree(const TwinAdoption *adoption, Module *module, const Provider *provider) {
    bool ok = adopt_in_module(adoption, module, provider);
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            ok &= adopt_in_tree(adoption, call->module, provider);
    }
    return ok;
}

static bool adopt_in_config(const TwinAdoption *adoption, const Config *config,
                            const Provider *provider) {
    bool ok = adopt_in_tree(adoption, config->root, provider);
    for (size_t i = 0; config->tests && i < config->tests->files.count; i++) {
        vec_each(&config->tests->files.items[i]->runs, run) {
            if ((*run)->config)
                ok &= adopt_in_tree(adoption, (*run)->config->root, provider);
        }
    }
    return ok;
}

bool provider_twins_adopt(ForeignPrograms *programs, const Config *config, const State *state,
                          Arena *arena, Diags *diags) {
    TwinAdoption adoption = {programs, state, arena, diags};
    if (!programs)
        return true;
    const Registry *registry = foreign_programs_registry(programs);
    StrVec names = registry_names(registry, arena);
    bool ok = true;
    vec_each(&names, name) {
        const Provider *provider = registry_row_provider(registry, *name);
        if (provider && provider->twin)
            ok &= adopt_in_config(&adoption, config, provider);
    }
    return ok;
}
