/* Binds every name of the configuration to its node and draws the edges: a node depends on the
 * nodes that its expressions name, on its module's call, and on what depends_on says. */
#include "transform.h"

typedef struct Binder {
    EngineWalk *walk;
    Node *node;           /* who depends; NULL: nobody (console) */
    EngineModule *module; /* whose names they are */
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

static void bind_resource(Binder *binder, Binding *binding) {
    binding->node = find_resource(binder, &binding->reference);
    if (!binding->node)
        return;
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

static void bind_depends_on(Binder *binder, const Traversals *traversals) {
    vec_each(traversals, item) {
        bind_traversal(*item, binder);
        const Binding *binding = (*item)->binding;
        if (binding && binding->reference.kind == REFERENCE_MODULE && binding->node) {
            depend_on_module(binder, binding->node->child);
        }
    }
}

static void bind_lifecycle(Binder *binder, const Lifecycle *lifecycle) {
    bind_expr(binder, lifecycle->prevent_destroy);
    bind_expr(binder, lifecycle->enabled);
    vec_each(&lifecycle->replace_triggered_by, expr) {
        bind_expr(binder, *expr);
    }
    bind_conditions(binder, &lifecycle->preconditions);
    bind_conditions(binder, &lifecycle->postconditions);
}

static void bind_resource_node(Binder *binder, const ResourceNode *resource) {
    const Resource *config = resource->config;
    bind_expr(binder, config->count);
    bind_expr(binder, config->for_each);
    bind_depends_on(binder, &config->depends_on);
    bind_lifecycle(binder, &config->lifecycle);
    if (resource->decoded)
        decode_each_traversal(resource->decoded, bind_traversal, binder);
}

static void bind_node(Binder *binder, Node *node) {
    switch (node->kind) {
    case NODE_VARIABLE:
        bind_conditions(binder, &node->as.variable->validations);
        if (!node->input)
            return;
        binder->module = node->module->parent;
        bind_expr(binder, node->input);
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
        bind_depends_on(binder, &node->as.call->depends_on);
        return;
    case NODE_PROVIDER:
        if (node->as.provider->decoded) {
            decode_each_traversal(node->as.provider->decoded, bind_traversal, binder);
        }
        return;
    case NODE_RESOURCE: bind_resource_node(binder, node->as.resource); return;
    case NODE_MODULE_VALUE:
    case NODE_RESOURCE_VALUE:
    case NODE_ORPHAN:
    case NODE_DESTROY: return;
    }
}

bool transform_reference(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        Binder binder = {
            .walk = walk, .node = node, .module = node->module, .diags = diags, .ok = true};
        if (node->module->call)
            depend(&binder, node->module->call);
        bind_node(&binder, node);
        ok = ok && binder.ok;
    }
    return ok;
}

bool transform_bind(EngineWalk *walk, EngineModule *module, Traversal *traversal, Diags *diags) {
    Binder binder = {.walk = walk, .module = module, .diags = diags, .ok = true};
    bind_traversal(traversal, &binder);
    return binder.ok;
}
