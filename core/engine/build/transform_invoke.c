/* -invoke: adds a node for the action that the user requests, or that the plan invokes without a
 * change. The node depends on the resources that trigger the action, because its arguments may
 * refer to them. */
#include "transform.h"

static void look_for_caller(Traversal *traversal, void *payload) {
    bool *is_found = payload;
    *is_found |= str_equal_cstr(traversal->root, "caller");
}

static bool uses_caller(const Node *action) {
    bool is_found = false;
    if (action->as.resource->decoded)
        decode_each_traversal(action->as.resource->decoded, STR_EMPTY, look_for_caller, &is_found);
    return is_found;
}

static bool triggers(const Node *node, const Node *action) {
    if (node->kind != NODE_RESOURCE)
        return false;
    vec_each(&node->as.resource->actions, item) {
        if (*item == action)
            return true;
    }
    return false;
}

static void add_invoke(EngineWalk *walk, Node *action) {
    Str name = str_format(walk->arena, "%.*s (invoke)", STR_ARG(action->name));
    size_t count = walk->nodes.count;
    Node *node = node_add(walk, action->module, NODE_INVOKE, STR_EMPTY, name, action->range);
    node->as.resource = action->as.resource;
    graph_add_edge(&walk->graph, node->id, action->id);
    graph_add_edge(&walk->graph, node->id, action->as.resource->provider->id);
    bool needs_callers = uses_caller(action);
    for (size_t i = 0; i < count && walk->phase == PHASE_PLAN; i++) {
        const Node *caller = walk->nodes.items[i];
        if (!triggers(caller, action))
            continue;
        graph_add_edge(&walk->graph, node->id, caller->as.resource->value->id);
        if (needs_callers)
            vec_push(walk->arena, &node->callers, caller);
    }
}

static Node *invoke_find_action(EngineWalk *walk, ResourceAddr address) {
    Str wanted = resource_addr_to_config_str(address, walk->arena);
    vec_each(&walk->nodes, item) {
        if ((*item)->kind == NODE_RESOURCE && str_equal((*item)->as.resource->address, wanted))
            return *item;
    }
    return NULL;
}

static bool invoke_report_missing(ResourceAddr address, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Invoke target not found",
                      "-invoke=%.*s: the configuration has no such action.",
                      STR_ARG(resource_addr_to_str(address, diags->arena)));
}

static bool invoke_add_requested(EngineWalk *walk, Diags *diags) {
    Node *action = invoke_find_action(walk, *walk->options->invoke);
    if (!action)
        return invoke_report_missing(*walk->options->invoke, diags);
    add_invoke(walk, action);
    return true;
}

/* The invocations of a plan are sorted by action. */
static bool add_planned(EngineWalk *walk, Diags *diags) {
    Node *before = NULL;
    vec_each(&walk->plan->invocations, invocation) {
        Node *action = invoke_find_action(walk, invocation->action);
        if (!action)
            return invoke_report_missing(invocation->action, diags);
        if (action != before)
            add_invoke(walk, action);
        before = action;
    }
    return true;
}

bool transform_invoke(EngineWalk *walk, Diags *diags) {
    if (walk->plan)
        return add_planned(walk, diags);
    return !walk->options || !walk->options->invoke || invoke_add_requested(walk, diags);
}
