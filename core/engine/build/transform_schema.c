/* Finds the types and schemas of resources and providers, and decodes their bodies. */
#include "body_merge.h"
#include "transform.h"

/* A module without required_providers may mean the provider of the public registries. */
static void report_twin_type(const Resource *config, const Provider *provider, const TwinType *type,
                             Diags *diags) {
    const ProviderTwin *twin = provider->twin;
    const char *instead = type->instead               ? type->instead
                          : config->mode == MODE_DATA ? twin->instead_of_data
                                                      : twin->instead;
    Str summary = str_format(diags->arena, "The built-in provider \"%s\" has no type \"%.*s\"",
                             provider->name, STR_ARG(config->type));
    diags_error(diags, config->type_range, str_to_cstr(summary, diags->arena),
                "The provider %s has this type. To use it, add:\n"
                "  terraform { required_providers { %s = { source = \"%s\" } } }\n"
                "loam's own ways: %s (docs/from-terraform.md).",
                twin->source, provider->name, twin->source, instead);
}

static void unknown_type(const Resource *config, const Provider *provider, Arena *arena,
                         Diags *diags) {
    static const char *const summaries[] = {
        [MODE_MANAGED] = "Invalid resource type",        [MODE_DATA] = "Invalid data source",
        [MODE_EPHEMERAL] = "Invalid ephemeral resource", [MODE_ACTION] = "Invalid action",
        [MODE_LIST] = "Invalid list resource",
    };
    static const char *const nouns[] = {
        [MODE_MANAGED] = "resource type",
        [MODE_DATA] = "data source",
        [MODE_EPHEMERAL] = "ephemeral resource type",
        [MODE_ACTION] = "action type",
        [MODE_LIST] = "list resource type",
    };
    const TwinType *twin = registry_find_twin_type(provider, config->mode, config->type);
    if (twin) {
        report_twin_type(config, provider, twin, diags);
        return;
    }
    StrVec names = registry_type_names(provider, config->mode, arena);
    Str hint = foreign_names_suggest(provider->foreign_types, config->type, names.items,
                                     names.count, arena);
    diags_error(diags, config->type_range, summaries[config->mode],
                "The provider %s does not support %s \"%.*s\".%.*s", provider->address,
                nouns[config->mode], STR_ARG(config->type), STR_ARG(hint));
}

/* ignore_changes must name existing arguments. */
static void check_ignored(const Resource *config, const Schema *schema, Arena *arena,
                          Diags *diags) {
    vec_each(&config->lifecycle.ignore_changes, item) {
        const Traversal *traversal = *item;
        const Attribute *attribute = schema_find_attribute(schema, traversal->root);
        if (attribute && (attribute->flags & COMPUTED) && !(attribute->flags & OPTIONAL))
            diags_warning(diags, config->type_range, "Redundant ignore_changes element",
                          "ignore_changes contains \"%.*s\", which only the provider sets, so "
                          "there are no changes to ignore.",
                          STR_ARG(traversal->root));
        if (attribute || schema_find_block(schema, traversal->root))
            continue;
        StrVec names = {0};
        for (size_t i = 0; i < schema->attribute_count; i++)
            vec_push(arena, &names, str_from_cstr(schema->attributes[i].name));
        Str hint = str_did_you_mean(traversal->root, names.items, names.count, arena);
        diags_error(diags, traversal->root_range, "Unsupported attribute",
                    "ignore_changes contains \"%.*s\", but \"%.*s\" has no argument of that "
                    "name.%.*s",
                    STR_ARG(traversal->root), STR_ARG(config->type), STR_ARG(hint));
    }
}

static void set_flag(const Block *block, SourceRange range, void *payload) {
    (void)block, (void)range;
    *(bool *)payload = true;
}

/* The node keeps the errors. transform_reference reports them, or invalid references instead. */
static void decode_resource(EngineWalk *walk, Node *node) {
    ResourceNode *resource = node->as.resource;
    const Resource *config = resource->config;
    const Provider *provider = resource->provider->as.provider->provider;
    const ObjectType *type = registry_find_type(provider, config->mode, config->type);
    if (!type) {
        unknown_type(config, provider, walk->arena, &node->errors);
        return;
    }
    resource->type = type;
    resource->decoding = diags_new(walk->arena);
    if (decode_body(config->body, &type->schema, &resource->decoded, walk->arena,
                    &resource->decoding))
        check_ignored(config, &type->schema, walk->arena, &resource->decoding);
    decode_each_newer(resource->decoded, set_flag, &resource->has_newer);
    /* An import-only plan accepts a block whose arguments are not written yet. */
    if (walk->options && walk->options->import_only)
        resource->decoding = diags_new(walk->arena);
}

/* Merges the connection blocks of resource and provisioner; the provisioner's has precedence. */
static const Body *connection_body(const Connection *shared, const Connection *own, Arena *arena) {
    if (own && shared)
        return body_merge(shared->body, own->body, NULL, arena);
    return own ? own->body : shared ? shared->body : NULL;
}

static bool decode_provisioner(EngineWalk *walk, ResourceNode *resource, const Provisioner *config,
                               const Connection *shared, Diags *diags) {
    const ProvisionerTable *table = walk->engine->provisioners;
    const ProvisionerType *type = provisioner_find(table, config->type);
    if (!type)
        return diags_fail(
            diags, NO_RANGE, "Missing required provisioner plugin",
            "%.*s has a provisioner \"%.*s\", which does not exist. The provisioners are %.*s.",
            STR_ARG(resource->address), STR_ARG(config->type),
            STR_ARG(provisioner_names(table, walk->arena)));
    ProvisionerNode *node = vec_add(walk->arena, &resource->provisioners);
    const Body *connection = connection_body(shared, config->connection, walk->arena);
    node->config = config;
    node->type = type;
    node->decoding = diags_new(walk->arena);
    node->connecting = diags_new(walk->arena);
    bool ok =
        decode_body(config->body, &type->schema, &node->decoded, walk->arena, &node->decoding);
    ok = (!connection || decode_body(connection, &provisioner_connection, &node->connection,
                                     walk->arena, &node->connecting)) &&
         ok;
    (void)ok; /* reported with the other errors of the block */
    return true;
}

/* Decodes the provisioners of the block, or of its removed block. */
static bool decode_provisioners(EngineWalk *walk, Node *node, Diags *diags) {
    ResourceNode *resource = node->as.resource;
    const Removed *removed = resource->removed;
    if (!resource->config && !removed)
        return true;
    const Provisioners *all =
        resource->config ? &resource->config->provisioners : &removed->provisioners;
    const Connection *shared =
        resource->config ? resource->config->connection : removed->connection;
    bool ok = true;
    vec_each(all, provisioner) {
        ok = decode_provisioner(walk, resource, provisioner, shared, diags) && ok;
    }
    return ok;
}

static bool transform_schema_decode_provider(EngineWalk *walk, Node *node) {
    ProviderNode *provider = node->as.provider;
    provider->decoding = diags_new(walk->arena);
    const Body *body = provider->config ? provider->config->body : NULL;
    return !body || decode_body(body, &provider->provider->schema, &provider->decoded, walk->arena,
                                &provider->decoding);
}

bool transform_schema(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind == NODE_PROVIDER)
            (void)transform_schema_decode_provider(walk, node);
        if (node->kind == NODE_RESOURCE && node->as.resource->provider)
            decode_resource(walk, node);
        if (node->kind != NODE_RESOURCE && node->kind != NODE_ORPHAN)
            continue;
        ok = decode_provisioners(walk, node, diags) && ok;
    }
    return ok;
}
