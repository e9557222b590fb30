/* Types, schemas and decoded bodies of resources and providers. */
#include "transform.h"

static void unknown_type(const Resource *config,
                         const Provider *provider,
                         Arena *arena,
                         Diags *diags) {
    bool is_data = config->mode == MODE_DATA;
    const ResourceType *const *types = is_data ? provider->data_sources : provider->resources;
    size_t count = is_data ? provider->data_source_count : provider->resource_count;
    StrVec names = {0};
    for (size_t i = 0; i < count; i++) {
        vec_push(arena, &names, str_from_cstr(types[i]->name));
    }
    Str near = str_suggest(config->type, names.items, names.count);
    diags_error(diags, config->range, is_data ? "Invalid data source" : "Invalid resource type",
                "The provider %s does not support %s \"%.*s\".%s%.*s%s", provider->address,
                is_data ? "data source" : "resource type", STR_ARG(config->type),
                near.len ? " Did you mean \"" : "", STR_ARG(near), near.len ? "\"?" : "");
}

/* ignore_changes names arguments that there are. */
static bool check_ignored(const Resource *config,
                          const Schema *schema,
                          Arena *arena,
                          Diags *diags) {
    bool ok = true;
    vec_each(&config->lifecycle.ignore_changes, item) {
        const Traversal *traversal = *item;
        if (schema_find_attribute(schema, traversal->root) ||
            schema_find_block(schema, traversal->root)) {
            continue;
        }
        StrVec names = {0};
        for (size_t i = 0; i < schema->attribute_count; i++) {
            vec_push(arena, &names, str_from_cstr(schema->attributes[i].name));
        }
        Str near = str_suggest(traversal->root, names.items, names.count);
        diags_error(diags, traversal->root_range, "Unsupported attribute",
                    "ignore_changes names \"%.*s\", but \"%.*s\" has no argument of that "
                    "name.%s%.*s%s",
                    STR_ARG(traversal->root), STR_ARG(config->type),
                    near.len ? " Did you mean \"" : "", STR_ARG(near), near.len ? "\"?" : "");
        ok = false;
    }
    return ok;
}

static bool decode_resource(EngineWalk *walk, Node *node, Diags *diags) {
    ResourceNode *resource = node->as.resource;
    const Resource *config = resource->config;
    const Provider *provider = resource->provider->as.provider->provider;
    resource->type = config->mode == MODE_DATA ? registry_find_data_source(provider, config->type)
                                               : registry_find_resource(provider, config->type);
    if (!resource->type) {
        unknown_type(config, provider, walk->arena, diags);
        return false;
    }
    bool ok = check_ignored(config, &resource->type->schema, walk->arena, diags);
    return decode_body(config->body, &resource->type->schema, &resource->decoded, walk->arena,
                       diags) &&
           ok;
}

static bool decode_provider(EngineWalk *walk, Node *node, Diags *diags) {
    ProviderNode *provider = node->as.provider;
    if (!provider->config)
        return true;
    return decode_body(provider->config->body, &provider->provider->schema, &provider->decoded,
                       walk->arena, diags);
}

bool transform_schema(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind == NODE_PROVIDER)
            ok = decode_provider(walk, node, diags) && ok;
        if (node->kind != NODE_RESOURCE || !node->as.resource->provider)
            continue;
        ok = decode_resource(walk, node, diags) && ok;
    }
    return ok;
}
