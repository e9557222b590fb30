/* Import blocks: adds a node for each, as a dependency of the resource that it imports to. */
#include "config_address.h"
#include "transform.h"

/* Returns true if the key of the resource itself is an expression. */
static bool has_open_key(const Import *import) {
    uint32_t depth = 0;
    for (const ModuleAddr *step = import->to.target.resource.module; step; step = step->parent)
        depth++;
    vec_each(&import->to.keys, key) {
        if (key->depth == depth)
            return true;
    }
    return false;
}

static bool reject_target(const Import *import, const char *detail, Diags *diags) {
    return diags_fail(diags, import->to.range, "Invalid import 'to' expression", "%s", detail);
}

static bool transform_import_check_key(const Import *import, const Resource *config, Diags *diags) {
    KeyKind kind = import->to.target.resource.key.kind;
    bool is_open = has_open_key(import);
    bool has_key = is_open || kind != KEY_NONE;
    if ((config->count || config->for_each) && !has_key)
        return reject_target(
            import, "The resource has several instances, so the address requires an instance key.",
            diags);
    if (!config->for_each && (is_open ? !config->count : kind == KEY_STRING))
        return reject_target(
            import, "The resource has no \"for_each\", so its instances have no string keys.",
            diags);
    if (!config->count && kind == KEY_INT)
        return reject_target(
            import, "The resource has no \"count\", so its instances have no number keys.", diags);
    return true;
}

typedef struct OwnSearch {
    const ResourceAddr *to;
    bool is_found;
} OwnSearch;

static void look_for_target(Traversal *traversal, void *payload) {
    OwnSearch *search = payload;
    SCOPED(ArenaRef) scratch = arena_open("import");
    Diags ignored = diags_new(scratch);
    Reference reference;
    search->is_found |= reference_from_traversal(traversal, &reference, &ignored) &&
                        reference.kind == REFERENCE_RESOURCE && reference.mode == MODE_MANAGED &&
                        str_equal(reference.type, search->to->type) &&
                        str_equal(reference.name, search->to->name);
}

/* The id or identity is evaluated before the import, so it must not refer to the imported object.
 */
static bool transform_import_check_source(const Import *import, Diags *diags) {
    OwnSearch search = {.to = &import->to.target.resource};
    const Expr *source = import->id ? import->id : import->identity;
    if (!search.to->module)
        expr_each_traversal(source, look_for_target, &search);
    if (!search.is_found)
        return true;
    return diags_fail(
        diags, source->range,
        import->id ? "Invalid import id argument" : "Invalid import identity argument",
        "It refers to the resource that is to be imported, which has no values before the import.");
}

/* Configuration is not generated for instances or within modules. */
static bool can_be_generated(const EngineModule *module, const Import *import) {
    return !module->parent && !import->to.target.resource.module &&
           !config_address_has_keys(&import->to);
}

/* Returns true if the plan imports at all, and what this block names. */
static bool transform_import_is_wanted(const PlanOptions *options, const Import *import) {
    return (options->mode == PLAN_NORMAL || options->import_only) &&
           engine_selects(options, import->to.target.resource);
}

static bool add_missing(EngineWalk *walk, EngineModule *module, const Import *import, Str address,
                        Diags *diags) {
    bool is_open = can_be_generated(module, import);
    if (is_open && walk->phase == PHASE_VALIDATE) /* a plan may generate it */
        return !import->provider.name.len ||
               transform_provider_find(walk, module, import->provider, diags);
    if (is_open && walk->options && !transform_import_is_wanted(walk->options, import))
        return true;
    Diags found = diags_new(walk->arena);
    diags_error(is_open ? &found : diags, import->to.range,
                "Configuration for import target does not exist",
                "There is no resource block for %.*s. Write one for the imported object.",
                STR_ARG(address));
    if (is_open)
        diags_sink_append(walk->sink, &found); /* planning continues without this block */
    return is_open;
}

/* Returns the address of the block that `to` names, from the root module. */
static Str full_address(EngineWalk *walk, const EngineModule *module, const Import *import) {
    Str address = resource_addr_to_config_str(import->to.target.resource, walk->arena);
    Str path = module->config->path;
    return path.len ? str_format(walk->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(address))
                    : address;
}

static bool transform_import_add_block(EngineWalk *walk, EngineModule *module, const Import *import,
                                       Diags *diags) {
    Str address = full_address(walk, module, import);
    Node *target = transform_locate_below(walk, module, import->to.target.resource);
    if (!target)
        return add_missing(walk, module, import, address, diags);
    if (!transform_import_check_key(import, target->as.resource->config, diags) ||
        !transform_import_check_source(import, diags))
        return false;
    Str name = str_format(walk->arena, "import to %.*s", STR_ARG(address));
    Node *node = node_add(walk, module, NODE_IMPORT, STR_EMPTY, name, import->range);
    node->as.import = import;
    node->imported = target->as.resource;
    vec_push(walk->arena, &target->as.resource->imports, node);
    graph_add_edge(&walk->graph, target->id, node->id);
    return true;
}

/* Checks the address that the import command names. */
static bool check_request(EngineWalk *walk, const ImportTarget *request, Diags *diags) {
    if (!request || transform_locate_block(walk, request->address))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Configuration for import target does not exist",
        "There is no resource block for %.*s. Write one for the object, then import it.",
        STR_ARG(resource_addr_to_str(request->address, walk->arena)));
}

bool transform_import(EngineWalk *walk, Diags *diags) {
    bool ok = check_request(walk, walk->options ? walk->options->import : NULL, diags);
    bool imports_one = walk->options && walk->options->import; /* the import command */
    if (imports_one || walk->phase == PHASE_EVALUATE)
        return ok;
    vec_each(&walk->modules, module) {
        vec_each(&(*module)->config->imports, import) {
            ok = transform_import_add_block(walk, *module, import, diags) && ok;
        }
    }
    return ok;
}
