/* Deselects values that a destroy does not evaluate.
 *
 * A destroy deletes the objects in the state and does not evaluate the configurations of resources.
 * Values that they use may be invalid by now: for example, an index of an instance that is not in
 * the state. Values that providers, module calls, lifecycle.prevent_destroy and actions of a
 * destruction use are kept, also those of ephemeral resources that configure a provider. Values of
 * objects whose destroy-time provisioners module_origin checks are evaluated if they are valid. */
#include "module_origin.h"
#include "transform.h"

static bool is_temporary(const Node *node) {
    bool is_of_call = node->module->parent != NULL;
    return node->kind == NODE_LOCAL || node->kind == NODE_MODULE_VALUE ||
           (is_of_call && (node->kind == NODE_VARIABLE || node->kind == NODE_OUTPUT));
}

static const Expr *prune_prevents_destroy(const Node *node) {
    bool has_block = node->kind == NODE_RESOURCE && node->as.resource->config;
    return has_block ? node->as.resource->config->lifecycle.prevent_destroy : NULL;
}

static bool prune_is_action(const Node *node) {
    return node->kind == NODE_RESOURCE && node->as.resource->config &&
           node->as.resource->config->mode == MODE_ACTION;
}

static bool invokes_at_destroy(const ActionTrigger *trigger) {
    vec_each(&trigger->events, event) {
        if (invoke_event_is_destroy(*event))
            return true;
    }
    return false;
}

typedef struct Pruning {
    const EngineWalk *walk;
    bool *used; /* by node */
    Arena *scratch;
} Pruning;

/* Marks the dependencies of `start`. It stops at resources, whose arguments are not evaluated. */
static void mark_needs(Pruning *pruning, GraphNode start) {
    const Graph *graph = &pruning->walk->graph;
    VEC(GraphNode) open = {0};
    vec_push(pruning->scratch, &open, start);
    while (open.count) {
        GraphNode node = vec_pop(&open);
        for (uint32_t i = graph->need_start[node]; i < graph->need_start[node + 1]; i++) {
            GraphNode need = graph->need[i];
            if (pruning->used[need])
                continue;
            pruning->used[need] = true;
            if (pruning->walk->nodes.items[need]->kind != NODE_RESOURCE)
                vec_push(pruning->scratch, &open, need);
        }
    }
}

static void mark_named(Traversal *traversal, void *payload) {
    Pruning *pruning = payload;
    const Binding *binding = traversal->binding;
    const Node *node = !binding ? NULL : binding->output ? binding->output : binding->node;
    if (!node || pruning->used[node->id])
        return;
    pruning->used[node->id] = true;
    if (node->kind != NODE_RESOURCE)
        mark_needs(pruning, node->id);
}

/* Marks an action that a destruction invokes, and everything that its arguments use. */
static void mark_action(Traversal *traversal, void *payload) {
    Pruning *pruning = payload;
    const Binding *binding = traversal->binding;
    if (!binding || !binding->node || !prune_is_action(binding->node))
        return;
    pruning->used[binding->node->id] = true;
    mark_needs(pruning, binding->node->id);
}

static void mark_actions(Pruning *pruning, const Node *node) {
    if (node->kind != NODE_RESOURCE || !node->as.resource->config)
        return;
    vec_each(&node->as.resource->config->lifecycle.action_triggers, trigger) {
        if (!invokes_at_destroy(trigger))
            continue;
        vec_each(&trigger->actions, action) {
            expr_each_traversal(*action, mark_action, pruning);
        }
    }
}

/* Keeps the values that only the check of a destroy-time provisioner uses. */
static void keep_for_check(Pruning *pruning) {
    const EngineWalk *walk = pruning->walk;
    bool *required = pruning->used;
    pruning->used = arena_new_array(pruning->scratch, bool, walk->nodes.count);
    for (size_t i = 0; i < walk->nodes.count; i++)
        pruning->used[i] = required[i];
    vec_each(&walk->nodes, item) {
        if (module_origin_guards(*item))
            mark_needs(pruning, (*item)->id);
    }
    vec_each(&walk->nodes, item) {
        const bool is_kept = pruning->used[(*item)->id] && !required[(*item)->id];
        (*item)->is_optional = is_kept && is_temporary(*item);
    }
}

bool transform_prune(EngineWalk *walk, Diags *) {
    if (!walk->options || walk->options->mode != PLAN_DESTROY)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("prune");
    Pruning pruning = {walk, arena_new_array(scratch, bool, walk->nodes.count), scratch};
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (node->kind == NODE_PROVIDER || node->kind == NODE_MODULE || node->configures)
            mark_needs(&pruning, node->id);
        const Expr *prevented = prune_prevents_destroy(node);
        if (prevented)
            expr_each_traversal(prevented, mark_named, &pruning);
        mark_actions(&pruning, node);
    }
    if (walk->phase == PHASE_APPLY)
        keep_for_check(&pruning);
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        bool is_unused = !pruning.used[node->id];
        if (is_temporary(node) && is_unused)
            node->is_selected = false;
        if (prune_is_action(node) && is_unused)
            node->is_selected = node->as.resource->value->is_selected = false;
    }
    return true;
}
