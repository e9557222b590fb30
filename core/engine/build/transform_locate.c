/* Finds the nodes for addresses of the state or a plan. */
#include "removal.h"
#include "transform.h"

static EngineModule *locate_module_of(EngineModule *from, const ModuleAddr *address) {
    if (!address)
        return from;
    EngineModule *parent = locate_module_of(from, address->parent);
    return parent ? map_find(&parent->children, address->name) : NULL;
}

static EngineModule *provider_module(EngineWalk *walk, Str path) {
    EngineModule *module = walk->root;
    Str part = STR_EMPTY;
    bool is_name = false;
    while (module && str_next_field(&path, '.', &part)) {
        if (is_name)
            module = map_find(&module->children, part);
        is_name = !is_name;
    }
    return module ? module : walk->root;
}

Node *transform_locate_below(EngineWalk *walk, EngineModule *from, ResourceAddr address) {
    EngineModule *module = locate_module_of(from, address.module);
    if (!module)
        return NULL;
    address.module = NULL;
    return node_find(module, resource_addr_to_config_str(address, walk->arena));
}

Node *transform_locate_block(EngineWalk *walk, ResourceAddr address) {
    return transform_locate_below(walk, walk->root, address);
}

/* A plan continues without the objects of an unknown type, and fails at its end. */
static void locate_report_type(EngineWalk *walk, const Provider *provider,
                               const OrphanRequest *request, Str address, Diags *diags) {
    Diags found = diags_new(walk->arena);
    bool is_plan = walk->phase == PHASE_PLAN;
    diags_error(is_plan ? &found : diags, NO_RANGE, "Unknown resource type in state",
                "The state contains %.*s, but the provider %s has no type \"%.*s\". If the object "
                "no longer exists, remove it from the state with \"loam state rm\".",
                STR_ARG(address), provider->address, STR_ARG(request->resource.type));
    if (is_plan)
        diags_sink_append(walk->sink, &found);
}

static Node *add_orphan(EngineWalk *walk, const OrphanRequest *request, Str address, Diags *diags) {
    const ProviderConfigAddr *wanted = &request->provider_config;
    EngineModule *module = provider_module(walk, wanted->module);
    Node *provider = transform_provider_locate(walk, module, *wanted, diags);
    if (!provider)
        return NULL;
    const Provider *table = provider->as.provider->provider;
    const ObjectType *type =
        registry_find_type(table, request->resource.mode, request->resource.type);
    if (!type) {
        locate_report_type(walk, table, request, address, diags);
        return NULL;
    }
    Node *node = node_add(walk, walk->root, NODE_ORPHAN, STR_EMPTY, address, NO_RANGE);
    ResourceNode *resource = arena_new(walk->arena, ResourceNode);
    resource->address = address;
    resource->type = type;
    resource->provider = provider;
    node->as.resource = resource;
    graph_add_edge(&walk->graph, node->id, provider->id);
    return node;
}

Node *transform_locate_orphan(EngineWalk *walk, const OrphanRequest *request, Map *orphans,
                              Diags *diags) {
    Str address = resource_addr_to_config_str(request->resource, walk->arena);
    Node *node = map_find(orphans, address);
    if (node)
        return node;
    node = add_orphan(walk, request, address, diags);
    if (!node)
        return NULL;
    map_set(orphans, address, node);
    if (!walk->removals)
        walk->removals = removal_collect(walk->engine->config, walk->arena);
    node->as.resource->removed = removal_find(walk->removals, request->resource, walk->arena);
    return node;
}
