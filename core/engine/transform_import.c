/* Import blocks: each is a node before the resource that its objects come to. */
#include "transform.h"
#include "transform_locate.h"

static bool check_block(const Import *import, Diags *diags) {
    if (!import->identity)
        return true;
    diags_error(diags, import->identity->range, "Import by identity is not supported",
                "No resource type of loam has an identity apart from its id. Use \"id\".");
    return false;
}

static bool check_key(const Import *import, const Resource *config, Diags *diags) {
    bool is_repeated = config->count || config->for_each;
    uint32_t depth = 0;
    const ResourceAddr *to = &import->to.target.resource;
    for (const ModuleAddr *step = to->module; step; step = step->parent)
        depth++;
    bool has_key = to->key.kind != KEY_NONE;
    vec_each(&import->to.keys, key) {
        has_key |= key->depth == depth;
    }
    if (!is_repeated || has_key)
        return true;
    diags_error(diags, import->to.range, "Invalid import 'to' expression",
                "The resource has several instances, so the address needs the key of one.");
    return false;
}

static bool add_block(EngineWalk *walk, const Import *import, Diags *diags) {
    if (!check_block(import, diags))
        return false;
    Str address = resource_addr_to_config_str(import->to.target.resource, walk->arena);
    Node *target = transform_locate_block(walk, import->to.target.resource);
    if (!target && walk->phase == PHASE_VALIDATE)
        return true; /* a plan may be asked to write it */
    if (!target) {
        Diags found = diags_new(walk->arena);
        diags_error(&found, import->to.range, "Configuration for import target does not exist",
                    "There is no resource block for %.*s. Write the one that the object is to be "
                    "managed by.",
                    STR_ARG(address));
        diags_sink_append(walk->sink, &found);
        return true; /* the rest can be planned */
    }
    if (!check_key(import, target->as.resource->config, diags))
        return false;
    Str name = str_format(walk->arena, "import to %.*s", STR_ARG(address));
    Node *node = node_add(walk, walk->root, NODE_IMPORT, STR_EMPTY, name, import->range);
    node->as.import = import;
    vec_push(walk->arena, &target->as.resource->imports, node);
    graph_add_edge(&walk->graph, target->id, node->id);
    return true;
}

/* What the import command names. */
static bool check_request(EngineWalk *walk, const ImportTarget *request, Diags *diags) {
    if (!request || transform_locate_block(walk, request->address))
        return true;
    diags_error(diags, NO_RANGE, "Configuration for import target does not exist",
                "There is no resource block for %.*s. Write the one that the object is to be "
                "managed by, then import it.",
                STR_ARG(resource_addr_to_str(request->address, walk->arena)));
    return false;
}

bool transform_import(EngineWalk *walk, Diags *diags) {
    bool ok = check_request(walk, walk->options ? walk->options->import : NULL, diags);
    vec_each(&walk->root->config->imports, import) { /* other modules have none */
        ok = add_block(walk, import, diags) && ok;
    }
    return ok;
}
