/* Binds every name of the configuration to its node and draws the edges: a node depends on the
 * nodes that its expressions name, on its module's call, and on what depends_on says. */
#include "name_place.h"
#include "transform.h"

typedef struct Binder {
    EngineWalk *walk;
    Node *node;           /* who depends; NULL: nobody (console) */
    EngineModule *module; /* whose names they are */
    NamePlace place;
    const Check *check; /* whose assertions these are; NULL: of no check */
    bool is_console;    /* names are bound as they come, wherever they stand */
    Diags *diags;
    bool ok;
} Binder;

static void depend(Binder *binder, const Node *on) {
    if (binder->node && on && binder->node != on) {
        graph_add_edge(&binder->walk->graph, binder->node->id, on->id);
    }
}

static void undeclared(Binder *binder,
                       const Reference *reference,
                       const char *kind,
                       const char *prefix) {
    StrVec names = {0};
    Str start = str_from_cstr(prefix);
    map_each(&binder->module->nodes, entry) {
        if (str_starts_with(entry->key, start)) {
            vec_push(binder->walk->arena, &names, str_after(entry->key, start.len));
        }
    }
    Str path = binder->module->config->path;
    Str near = str_suggest(reference->name, names.items, names.count);
    char summary[64];
    snprintf(summary, sizeof summary, "Reference to undeclared %s", kind);
    diags_error(binder->diags, reference->range, summary,
                "No %s named \"%.*s\" has been declared in %s%.*s.%s%.*s%s", kind,
                STR_ARG(reference->name), path.len ? "" : "the root module", STR_ARG(path),
                near.len ? " Did you mean \"" : "", STR_ARG(near), near.len ? "\"?" : "");
    binder->ok = false;
}

static Node *find_named(Binder *binder,
                        const Reference *reference,
                        const char *prefix,
                        const char *kind) {
    Str key = str_format(binder->walk->arena, "%s%.*s", prefix, STR_ARG(reference->name));
    Node *node = node_find(binder->module, key);
    if (!node)
        undeclared(binder, reference, kind, prefix);
    return node;
}

static Node *find_resource(Binder *binder, const Reference *reference) {
    static const char *const prefixes[] = {
        [MODE_MANAGED] = "", [MODE_DATA] = "data.", [MODE_EPHEMERAL] = "ephemeral."};
    static const char *const nouns[] = {
        [MODE_MANAGED] = "A managed", [MODE_DATA] = "A data", [MODE_EPHEMERAL] = "An ephemeral"};
    Arena *arena = binder->walk->arena;
    Str type = str_format(arena, "%s%.*s.", prefixes[reference->mode], STR_ARG(reference->type));
    Node *node = node_find(binder->module, str_concat(type, reference->name, arena));
    if (node)
        return node;
    StrVec names = {0};
    map_each(&binder->module->config->resources, entry) {
        vec_push(arena, &names, entry->key);
    }
    Str wanted = str_concat(type, reference->name, arena);
    Str near = str_suggest(wanted, names.items, names.count);
    Str path = binder->module->config->path;
    diags_error(binder->diags, reference->range, "Reference to undeclared resource",
                "%s resource \"%.*s\" \"%.*s\" has not been declared in %s%.*s.%s%.*s%s",
                nouns[reference->mode], STR_ARG(reference->type), STR_ARG(reference->name),
                path.len ? "" : "the root module", STR_ARG(path),
                near.len ? " Did you mean \"" : "", STR_ARG(near), near.len ? "\"?" : "");
    binder->ok = false;
    return NULL;
}

/* The module as a whole: its value needs all outputs, and who refers to it needs its value. */
static void depend_on_outputs(Binder *binder, const Node *call) {
    depend(binder, call->module_value);
    if (call->module_value->is_used || !binder->node)
        return;
    call->module_value->is_used = true;
    map_each(&call->child->nodes, entry) {
        const Node *node = entry->value;
        if (node->kind == NODE_OUTPUT)
            graph_add_edge(&binder->walk->graph, call->module_value->id, node->id);
    }
}

/* What count repeats is a list, which has no outputs itself. */
static bool check_call_key(Binder *binder, const Binding *binding, SourceRange range) {
    if (!binding->node->as.call->count || binding->reference.key.kind != KEY_NONE)
        return true;
    diags_error(binder->diags, range, "Unsupported attribute",
                "The module \"%.*s\" has \"count\", so its outputs are those of one of its "
                "instances, as in module.%.*s[0], or of all, as in module.%.*s[*].",
                STR_ARG(binding->reference.name), STR_ARG(binding->reference.name),
                STR_ARG(binding->reference.name));
    binder->ok = false;
    return false;
}

/* module.m.out and module.m[k].out name one output; anything else the module as a whole. */
static void bind_module(Binder *binder, Binding *binding) {
    Node *call = find_named(binder, &binding->reference, "module.", "module");
    if (!call)
        return;
    binding->node = call;
    depend(binder, call);
    const Traversal *traversal = binding->reference.traversal;
    size_t at = binding->reference.used + (binding->reference.key.kind != KEY_NONE ? 1 : 0);
    EngineModule *child = call->child;
    if (at < traversal->step_count && !traversal->steps[at].is_index) {
        if (!check_call_key(binder, binding, traversal->steps[at].range))
            return;
        Str name = traversal->steps[at].name;
        Str key = str_format(binder->walk->arena, "output.%.*s", STR_ARG(name));
        binding->output = node_find(child, key);
        binding->output_name = name;
        if (binding->output) {
            depend(binder, binding->output);
            return;
        }
        StrVec names = {0};
        map_each(&child->config->outputs, entry) {
            vec_push(binder->walk->arena, &names, entry->key);
        }
        Str near = str_suggest(name, names.items, names.count);
        diags_error(binder->diags, traversal->steps[at].range, "Unsupported attribute",
                    "This object does not have an attribute named \"%.*s\": module \"%.*s\" has no "
                    "output of that name.%s%.*s%s",
                    STR_ARG(name), STR_ARG(binding->reference.name),
                    near.len ? " Did you mean \"" : "", STR_ARG(near), near.len ? "\"?" : "");
        binder->ok = false;
        return;
    }
    depend_on_outputs(binder, call);
}

static void refuse_self(Binder *binder, const Binding *binding) {
    diags_error(binder->diags, binding->reference.range, "Self-referential block",
                "Configuration for %.*s may not refer to itself.", STR_ARG(binding->node->name));
    binder->ok = false;
}

/* What is repeated is a list or a map, and its attributes are those of an instance. */
static bool check_key(Binder *binder, const Binding *binding) {
    const Reference *reference = &binding->reference;
    const Resource *config = binding->node->as.resource->config;
    const Traversal *traversal = reference->traversal;
    bool is_repeated = config->count || config->for_each;
    bool has_attribute =
        reference->used < traversal->step_count && !traversal->steps[reference->used].is_index;
    if (!is_repeated || !has_attribute || reference->key.kind != KEY_NONE)
        return true;
    diags_error(binder->diags, reference->range, "Missing resource instance key",
                "%.*s has \"%s\", so its attributes are those of one of its instances, as in "
                "%.*s[%s].",
                STR_ARG(binding->node->name), config->count ? "count" : "for_each",
                STR_ARG(binding->node->name), config->count ? "count.index" : "each.key");
    return false;
}

/* The data source of a check is read for that check alone. */
static bool check_scoped(Binder *binder, const Binding *binding) {
    const Resource *config = binding->node->as.resource->config;
    if (!config->check || config->check == binder->check || binder->is_console)
        return true;
    diags_error(binder->diags, binding->reference.range, "Reference to scoped resource",
                "%.*s belongs to the check \"%.*s\", whose assertions alone can refer to it.",
                STR_ARG(binding->node->name), STR_ARG(config->check->name));
    return false;
}

static void bind_resource(Binder *binder, Binding *binding) {
    binding->node = find_resource(binder, &binding->reference);
    if (!binding->node)
        return;
    if (!check_key(binder, binding) || !check_scoped(binder, binding)) {
        binder->ok = false;
        return;
    }
    if (binding->node == binder->node)
        refuse_self(binder, binding);
    else
        depend(binder, binding->node->as.resource->value);
}

static void bind_traversal(Traversal *traversal, void *payload) {
    Binder *binder = payload;
    Binding *binding = arena_new(binder->walk->arena, Binding);
    traversal->binding = NULL;
    if (!reference_from_traversal(traversal, &binding->reference, binder->diags)) {
        name_place_refuse_root(traversal, binder->diags);
        binder->ok = false;
        return;
    }
    if (!binder->is_console &&
        !name_place_check(binder->place, &binding->reference, binder->diags)) {
        binder->ok = false;
        return;
    }
    switch (binding->reference.kind) {
    case REFERENCE_VARIABLE:
        binding->node = find_named(binder, &binding->reference, "var.", "input variable");
        depend(binder, binding->node);
        break;
    case REFERENCE_LOCAL:
        binding->node = find_named(binder, &binding->reference, "local.", "local value");
        if (binding->node && binding->node == binder->node)
            refuse_self(binder, binding);
        else
            depend(binder, binding->node);
        break;
    case REFERENCE_RESOURCE: bind_resource(binder, binding); break;
    case REFERENCE_MODULE: bind_module(binder, binding); break;
    case REFERENCE_COUNT:
    case REFERENCE_EACH:
    case REFERENCE_SELF:
    case REFERENCE_PATH:
    case REFERENCE_TERRAFORM: break;
    }
    traversal->binding = binding;
}

static void bind_expr(Binder *binder, const Expr *expr) {
    if (expr)
        expr_each_traversal(expr, bind_traversal, binder);
}

static void bind_conditions(Binder *binder, const Conditions *conditions) {
    vec_each(conditions, condition) {
        bind_expr(binder, condition->condition);
        bind_expr(binder, condition->error_message);
    }
}

/* depends_on a module waits for everything in it. */
static void depend_on_module(Binder *binder, const EngineModule *module) {
    vec_each(&binder->walk->nodes, item) {
        const EngineModule *at = (*item)->module;
        while (at && at != module)
            at = at->parent;
        if (at == module && (*item)->kind != NODE_PROVIDER)
            depend(binder, *item);
    }
}

/* After the first mistake the others are read, but what they name is not looked for. */
static void bind_depends_on(Binder *binder, const Traversals *traversals) {
    NamePlace before = binder->place;
    bool found_all = true;
    binder->place = (NamePlace){0};
    vec_each(traversals, item) {
        Reference reference;
        if (!found_all) {
            binder->ok &= reference_from_traversal(*item, &reference, binder->diags);
            continue;
        }
        size_t errors = binder->diags->error_count;
        bind_traversal(*item, binder);
        found_all = binder->diags->error_count == errors;
        const Binding *binding = (*item)->binding;
        if (binding && binding->reference.kind == REFERENCE_MODULE && binding->node) {
            depend_on_module(binder, binding->node->child);
        }
    }
    binder->place = before;
}

static void bind_lifecycle(Binder *binder, const Lifecycle *lifecycle) {
    NamePlace before = binder->place;
    vec_each(&lifecycle->replace_triggered_by, expr) {
        bind_expr(binder, *expr);
    }
    bind_conditions(binder, &lifecycle->preconditions);
    binder->place.allows_self = true;
    bind_conditions(binder, &lifecycle->postconditions);
    binder->place = (NamePlace){0};
    bind_expr(binder, lifecycle->prevent_destroy);
    bind_expr(binder, lifecycle->enabled);
    binder->place = before;
}

/* The body's references come first: with one of them wrong, what else is wrong with it may be no
 * more than a consequence. */
static void bind_body(Binder *binder, const Decoded *decoded, const Diags *decoding) {
    size_t before = binder->diags->error_count;
    if (decoded)
        decode_each_traversal(decoded, bind_traversal, binder);
    if (binder->diags->error_count != before)
        return;
    diags_append(binder->diags, decoding);
    binder->ok &= !diags_has_errors(decoding);
}

static void bind_resource_node(Binder *binder, const ResourceNode *resource) {
    const Resource *config = resource->config;
    bind_expr(binder, config->count);
    bind_expr(binder, config->for_each);
    bind_depends_on(binder, &config->depends_on);
    binder->place = name_place_of(config->count, config->for_each);
    bind_expr(binder, config->provider.key);
    bind_lifecycle(binder, &config->lifecycle);
    bind_body(binder, resource->decoded, &resource->decoding);
    binder->place.allows_self = true;
    vec_each(&resource->provisioners, provisioner) {
        if (diags_has_errors(binder->diags))
            return; /* one provisioner after the other */
        bind_body(binder, provisioner->decoded, &provisioner->decoding);
        bind_body(binder, provisioner->connection, &provisioner->connecting);
    }
}

static void bind_input(Binder *binder, const Node *node) {
    const ModuleCall *call = node->module->config->call;
    binder->module = node->module->parent;
    binder->place = name_place_of(call->count, call->for_each);
    bind_expr(binder, node->input);
}

/* Whether its data source could be read is part of what it says, referred to or not. */
static void bind_check(Binder *binder, const Check *check) {
    binder->check = check;
    bind_conditions(binder, &check->asserts);
    if (!check->data)
        return;
    Str key = str_format(binder->walk->arena, "data.%.*s.%.*s", STR_ARG(check->data->type),
                         STR_ARG(check->data->name));
    depend(binder, node_find(binder->module, key)->as.resource->value);
}

static void bind_import(Binder *binder, const Import *import) {
    bind_expr(binder, import->for_each);
    binder->place = name_place_of(NULL, import->for_each);
    bind_expr(binder, import->id);
    bind_expr(binder, import->identity);
    vec_each(&import->to.keys, key) {
        bind_expr(binder, key->expr);
    }
    binder->place = (NamePlace){0};
}

static void bind_node(Binder *binder, Node *node) {
    switch (node->kind) {
    case NODE_VARIABLE:
        bind_conditions(binder, &node->as.variable->validations);
        if (node->input)
            bind_input(binder, node);
        return;
    case NODE_LOCAL: bind_expr(binder, node->as.local->expr); return;
    case NODE_OUTPUT:
        bind_expr(binder, node->as.output->expr);
        bind_depends_on(binder, &node->as.output->depends_on);
        bind_conditions(binder, &node->as.output->preconditions);
        return;
    case NODE_MODULE:
        bind_expr(binder, node->as.call->count);
        bind_expr(binder, node->as.call->for_each);
        bind_expr(binder, node->as.call->enabled);
        bind_depends_on(binder, &node->as.call->depends_on);
        return;
    case NODE_PROVIDER:
        if (node->as.provider->config) {
            bind_expr(binder, node->as.provider->config->for_each);
            binder->place = name_place_of(NULL, node->as.provider->config->for_each);
        }
        bind_body(binder, node->as.provider->decoded, &node->as.provider->decoding);
        return;
    case NODE_RESOURCE: bind_resource_node(binder, node->as.resource); return;
    case NODE_IMPORT: bind_import(binder, node->as.import); return;
    case NODE_CHECK: bind_check(binder, node->as.check); return;
    case NODE_MODULE_VALUE:
    case NODE_RESOURCE_VALUE:
    case NODE_ORPHAN:
    case NODE_CHECK_START:
    case NODE_DESTROY: return;
    }
}

/* Validating goes on without the nodes that have faults, and those that depend on them; the visit
 * tells what is wrong. Otherwise the first step towards a plan is a sound configuration. */
bool transform_reference(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        Binder binder = {
            .walk = walk, .node = node, .module = node->module, .diags = &node->faults, .ok = true};
        if (node->module->call)
            depend(&binder, node->module->call);
        bind_node(&binder, node);
        if (walk->phase == PHASE_VALIDATE)
            continue;
        diags_append(diags, &node->faults);
        ok = ok && !diags_has_errors(&node->faults);
    }
    return ok;
}

bool transform_bind(EngineWalk *walk, EngineModule *module, Traversal *traversal, Diags *diags) {
    Binder binder = {
        .walk = walk, .module = module, .diags = diags, .is_console = true, .ok = true};
    bind_traversal(traversal, &binder);
    return binder.ok;
}
