/* Finds the provider configuration of each resource.
 *
 * A name in a module means the provider that the module's required_providers gives it. It refers to
 * the first of these that exists: the configuration of that provider that the call passes under
 * `providers`, the module's own block, and (for a name without alias) the parent's configuration of
 * that provider, whatever its name is there. If none exists, the root has an empty configuration.
 * Unused configurations get a node only while validating. */
#include "config_read.h"
#include "provider_name.h"
#include "transform.h"
#include "utf8.h"

/* A configuration to search: names beyond their module mean nothing, so it is searched by the
 * provider, whatever each module calls it. */
typedef struct Wanted {
    Str source; /* as required_providers, a resource or the state names the provider */
    Str key;    /* see provider_name_key */
    ProviderRef ref;
} Wanted;

static Wanted wanted_by_name(const EngineWalk *walk, const Module *module, ProviderRef ref) {
    return (Wanted){
        .source = provider_name_source(module, ref.name),
        .key = provider_name_key(walk->engine->registry, module, ref.name, walk->arena),
        .ref = ref,
    };
}

static const Provider *find_provider(EngineWalk *walk, const Wanted *wanted, Diags *diags) {
    const Provider *provider = NULL;
    if (map_has(&walk->missing_providers, wanted->key))
        return NULL; /* one error per provider, not per resource */
    if (!registry_find(walk->engine->registry, wanted->source, &provider, wanted->ref.range,
                       diags)) {
        map_set(&walk->missing_providers, wanted->key, walk);
        return NULL;
    }
    return provider;
}

static Str map_key(const EngineWalk *walk, const Wanted *wanted) {
    return config_provider_key(wanted->key, wanted->ref.alias, walk->arena);
}

static Node *transform_provider_add_provider(EngineWalk *walk, EngineModule *module,
                                             const Wanted *wanted, const ProviderConfig *config,
                                             Diags *diags) {
    Arena *arena = walk->arena;
    const Provider *provider = find_provider(walk, wanted, diags);
    if (!provider)
        return NULL;
    ProviderNode *state = arena_new(arena, ProviderNode);
    state->provider = provider;
    state->config = config;
    state->address = (ProviderConfigAddr){
        .provider = str_from_cstr(provider->address),
        .alias = wanted->ref.alias,
        .module = module->config->path,
    };
    Str name = provider_config_addr_to_str(state->address, arena);
    Node *node =
        node_add(walk, module, NODE_PROVIDER, STR_EMPTY, name, config ? config->range : NO_RANGE);
    node->as.provider = state;
    map_set(&module->providers, map_key(walk, wanted), node);
    return node;
}

static Node *missing(const EngineModule *module, ProviderRef ref, Diags *diags) {
    Str path = module->config->path;
    Str place = config_read_place(ref.range, diags->arena);
    diags_error(diags, NO_RANGE, "Provider configuration not present",
                "There is no provider block for \"%.*s\" with alias \"%.*s\" in %s%.*s. It is used "
                "at %.*s.",
                STR_ARG(ref.name), STR_ARG(ref.alias), path.len ? "" : "the root module",
                STR_ARG(path), STR_ARG(place));
    return NULL;
}

/* Returns the configuration that the call of the module passes for a provider and alias; NULL if
 * none. */
static const ProviderRef *transform_provider_passed(const Registry *registry, const Module *module,
                                                    Str key, Str alias, Arena *arena) {
    if (!module->call)
        return NULL;
    map_each(&module->call->providers, entry) {
        size_t dot = str_find_char(entry->key, '.', 0);
        Str local = dot == SIZE_MAX ? entry->key : str_slice(entry->key, 0, dot);
        Str own = dot == SIZE_MAX ? STR_EMPTY : str_after(entry->key, dot + 1);
        if (str_equal(own, alias) &&
            str_equal(provider_name_key(registry, module, local, arena), key))
            return entry->value;
    }
    return NULL;
}

static Node *provider_find(EngineWalk *walk, EngineModule *module, const Wanted *wanted,
                           Diags *diags) {
    const Registry *registry = walk->engine->registry;
    Str alias = wanted->ref.alias;
    Str key = map_key(walk, wanted);
    Node *known = map_find(&module->providers, key);
    if (known)
        return known;
    Node *found = NULL;
    const ProviderRef *passed =
        transform_provider_passed(registry, module->config, wanted->key, alias, walk->arena);
    const ProviderConfig *own =
        provider_name_block(registry, module->config, wanted->key, alias, walk->arena);
    if (passed) {
        found = transform_provider_find(walk, module->parent, *passed, diags);
    } else if (own) {
        return transform_provider_add_provider(walk, module, wanted, own, diags);
    } else if (alias.len > 0) {
        return missing(module, wanted->ref, diags);
    } else if (module->parent) {
        found = provider_find(walk, module->parent, wanted, diags);
    } else {
        return transform_provider_add_provider(walk, module, wanted, NULL, diags);
    }
    if (found)
        map_set(&module->providers, key, found);
    return found;
}

Node *transform_provider_find(EngineWalk *walk, EngineModule *module, ProviderRef ref,
                              Diags *diags) {
    Wanted wanted = wanted_by_name(walk, module->config, ref);
    return provider_find(walk, module, &wanted, diags);
}

Node *transform_provider_locate(EngineWalk *walk, EngineModule *module, ProviderConfigAddr address,
                                Diags *diags) {
    Wanted wanted = {
        .source = address.provider,
        .key = utf8_lower(registry_key(walk->engine->registry, address.provider), walk->arena),
        .ref = {.name = registry_local_name(address.provider), .alias = address.alias},
    };
    return provider_find(walk, module, &wanted, diags);
}

/* Unused configurations are validated too. */
static bool add_unused(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    vec_each(&walk->modules, item) {
        EngineModule *module = *item;
        map_each(&module->config->providers, entry) {
            const ProviderConfig *config = entry->value;
            Wanted wanted = wanted_by_name(walk, module->config,
                                           (ProviderRef){.name = config->name,
                                                         .alias = config->alias,
                                                         .range = config->range});
            if (!map_has(&module->providers, map_key(walk, &wanted)) &&
                !transform_provider_add_provider(walk, module, &wanted, config, diags))
                ok = false;
        }
    }
    return ok;
}

/* Searches like transform_provider_find, up to the first name with a key. */
static ProviderRef transform_provider_find_key(const EngineWalk *walk, EngineModule *module,
                                               ProviderRef ref, ProviderKey *out) {
    const Registry *registry = walk->engine->registry;
    EngineModule *called = NULL;
    Wanted wanted = wanted_by_name(walk, module->config, ref);
    while (!wanted.ref.key) {
        const ProviderRef *passed = transform_provider_passed(registry, module->config, wanted.key,
                                                              wanted.ref.alias, walk->arena);
        if (!module->parent || (!passed && provider_name_block(registry, module->config, wanted.key,
                                                               wanted.ref.alias, walk->arena)))
            return wanted.ref;
        called = module;
        module = module->parent;
        if (passed)
            wanted = wanted_by_name(walk, module->config, *passed);
    }
    *out = (ProviderKey){wanted.ref.key, called};
    return wanted.ref;
}

/* A reference to a repeated configuration needs a key; a reference to any other must have none. */
static bool check_provider_key(const EngineWalk *walk, Node *node, Diags *diags) {
    ResourceNode *resource = node->as.resource;
    const ProviderConfig *config = resource->provider->as.provider->config;
    ProviderRef ref = transform_provider_find_key(walk, node->module, resource->config->provider,
                                                  &resource->provider_key);
    bool is_repeated = config && config->for_each;
    const char *hint =
        config && config->mock ? " Add \"for_each\" to its mock_provider block." : "";
    if (is_repeated == (ref.key != NULL))
        return true;
    return diags_fail(diags, ref.range, "Invalid provider configuration reference",
                      is_repeated
                          ? "\"%.*s.%.*s\" has \"for_each\", so a reference requires an instance "
                            "key, as in \"[each.key]\"."
                          : "\"%.*s.%.*s\" has no \"for_each\", so it has no instance keys.%s",
                      STR_ARG(ref.name), STR_ARG(ref.alias), hint);
}

/* Returns true if both expressions have the same text and refer to something. */
static bool transform_provider_are_same(const Expr *a, const Expr *b) {
    return a && b && str_equal(source_range_text(a->range), source_range_text(b->range)) &&
           expr_has_traversal(a);
}

/* Warns if provider configuration and objects are repeated by the same expression. Removing an
 * element would remove the configuration that is needed to destroy its objects. */
static void warn_same_keys(const Node *node, Diags *diags) {
    const ResourceNode *resource = node->as.resource;
    const EngineModule *called = resource->provider_key.called;
    const Expr *repeated = called ? called->config->call->for_each : resource->config->for_each;
    if (!resource->provider_key.expr ||
        !transform_provider_are_same(repeated, resource->provider->as.provider->config->for_each))
        return;
    diags_warning(diags, repeated->range,
                  called ? "Provider configuration for_each matches module"
                         : "Provider configuration for_each matches resource",
                  "The provider configuration of %.*s has the same \"for_each\" expression as the "
                  "resource. If an element is removed, the configuration is also removed, but is "
                  "still required to destroy the element's objects, so planning fails. Repeat the "
                  "provider block over more elements, or first destroy the objects with -target.",
                  STR_ARG(resource->address));
}

/* The root module must declare the configurations in configuration_aliases itself, because no
 * module calls it. */
static bool transform_provider_check_root(const EngineWalk *walk, Diags *diags) {
    const Module *root = walk->root->config;
    bool ok = true;
    map_each(&root->requirements, entry) {
        const ProviderRequirement *requirement = entry->value;
        vec_each(&requirement->aliases, alias) {
            if (map_has(&root->providers, *alias))
                continue;
            diags_error(diags, NO_RANGE, "Undefined provider configuration",
                        "The root module declares \"%.*s\" in configuration_aliases, but has no "
                        "caller that could pass it. Write a provider block with this alias.",
                        STR_ARG(*alias));
            ok = false;
        }
    }
    return ok;
}

bool transform_provider(EngineWalk *walk, Diags *diags) {
    bool ok = walk->phase == PHASE_VALIDATE || transform_provider_check_root(walk, diags);
    size_t count = walk->nodes.count; /* provider nodes are added behind these */
    for (size_t i = 0; i < count; i++) {
        Node *node = walk->nodes.items[i];
        if (node->kind != NODE_RESOURCE)
            continue;
        ResourceNode *resource = node->as.resource;
        resource->provider =
            transform_provider_find(walk, node->module, resource->config->provider, diags);
        if (!resource->provider || !check_provider_key(walk, node, diags)) {
            ok = false;
            continue;
        }
        if (walk->phase == PHASE_VALIDATE || walk->phase == PHASE_PLAN)
            warn_same_keys(node, diags);
        graph_add_edge(&walk->graph, node->id, resource->provider->id);
    }
    if (walk->phase == PHASE_VALIDATE)
        ok = add_unused(walk, diags) && ok;
    return ok;
}
