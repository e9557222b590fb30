/* From addresses of the state or a plan to nodes of the graph. */
#include "transform_locate.h"
#include "transform.h"

static EngineModule *module_of(EngineWalk *walk, const ModuleAddr *address) {
    if (!address)
        return walk->root;
    EngineModule *parent = module_of(walk, address->parent);
    return parent ? node_module_find_child(parent, address->name) : NULL;
}

/* The name that a provider's address has in the configuration: its last part. */
static Str local_name(Str address) {
    size_t slash = str_rfind_char(address, '/');
    return slash == SIZE_MAX ? address : str_after(address, slash + 1);
}

static EngineModule *provider_module(EngineWalk *walk, Str path) {
    EngineModule *module = walk->root;
    Str part = STR_EMPTY;
    bool is_name = false;
    while (module && str_next_field(&path, '.', &part)) {
        if (is_name)
            module = node_module_find_child(module, part);
        is_name = !is_name;
    }
    return module ? module : walk->root;
}

Node *transform_locate_block(EngineWalk *walk, ResourceAddr address) {
    EngineModule *module = module_of(walk, address.module);
    if (!module)
        return NULL;
    address.module = NULL;
    return node_find(module, resource_addr_to_config_str(address, walk->arena));
}

Node *transform_locate_orphan(EngineWalk *walk, const OrphanRequest *request, Diags *diags) {
    ProviderRef ref = {.name = local_name(request->provider), .alias = request->provider_alias};
    EngineModule *module = provider_module(walk, request->provider_module);
    Node *provider = transform_provider_find(walk, module, ref, diags);
    if (!provider)
        return NULL;
    const Provider *table = provider->as.provider->provider;
    const ResourceType *type = request->resource.mode == MODE_DATA
                                   ? registry_find_data_source(table, request->resource.type)
                                   : registry_find_resource(table, request->resource.type);
    if (!type) {
        diags_error(
            diags, NO_RANGE, "Unknown resource type in state",
            "The state holds %.*s, but the provider %s has no type \"%.*s\". Remove it from "
            "the state with \"loam state rm\" if nothing of it is left.",
            STR_ARG(request->address), table->address, STR_ARG(request->resource.type));
        return NULL;
    }
    Node *node = node_add(walk, walk->root, NODE_ORPHAN, STR_EMPTY, request->address, NO_RANGE);
    ResourceNode *resource = arena_new(walk->arena, ResourceNode);
    resource->address = request->address;
    resource->type = type;
    resource->provider = provider;
    node->as.resource = resource;
    graph_add_edge(&walk->graph, node->id, provider->id);
    return node;
}
