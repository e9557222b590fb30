/* -target: what it names, and what that depends on, stays; the rest is not visited.
 *
 * When destroying it is the other way round: what depends on the targets goes with them, and what
 * they depend on is only evaluated. Outputs stay if all resources that they show are selected. */
#include "transform.h"

static bool is_named(const EngineWalk *walk, const Node *node, bool *whole) {
    bool named = false;
    ResourceAddr address = {0};
    const ResourceNode *resource = node->as.resource;
    vec_each(&walk->options->targets, target) {
        Str path = module_addr_to_config_str(target->module, walk->arena);
        if (!target->is_resource) {
            bool inside =
                path.len == 0 || str_equal(node->module->config->path, path) ||
                str_starts_with(node->module->config->path,
                                str_concat(path, STR("."), walk->arena)) ||
                str_starts_with(resource->address, str_concat(path, STR("."), walk->arena));
            if (!inside)
                continue;
            named = true;
            continue;
        }
        address = target->resource;
        if (!str_equal(resource_addr_to_config_str(address, walk->arena), resource->address))
            continue;
        named = true;
        if (address.key.kind == KEY_NONE && !address.module)
            *whole = true;
    }
    return named;
}

static void select_outputs(EngineWalk *walk, bool *selected, Arena *scratch) {
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (node->kind != NODE_OUTPUT || node->module->parent || selected[node->id])
            continue;
        bool *needs = arena_new_array(scratch, bool, walk->nodes.count);
        graph_mark_needs(&walk->graph, node->id, needs, scratch);
        bool all = true, any = false;
        for (size_t i = 0; i < walk->nodes.count; i++) {
            if (!needs[i] || walk->nodes.items[i]->kind != NODE_RESOURCE)
                continue;
            any = true;
            all = all && selected[i];
        }
        if (!any || !all)
            continue;
        for (size_t i = 0; i < walk->nodes.count; i++) {
            selected[i] = selected[i] || needs[i];
        }
    }
}

/* Those that the targets name and, when destroying, all that depends on them. */
static void mark_targets(EngineWalk *walk, bool destroying, bool *targets, Arena *scratch) {
    bool *users = arena_new_array(scratch, bool, walk->nodes.count);
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind != NODE_RESOURCE && node->kind != NODE_ORPHAN)
            continue;
        bool is_nested = node->as.resource->config && node->as.resource->config->check;
        if (is_nested || !is_named(walk, node, &node->selects_all))
            continue;
        targets[node->id] = true;
        if (destroying && node->kind == NODE_RESOURCE)
            graph_mark_users(&walk->graph, node->as.resource->value->id, users, scratch);
    }
    vec_each(&walk->nodes, item) {
        if (!users[(*item)->id])
            continue;
        targets[(*item)->id] = true;
        (*item)->selects_all = true;
    }
}

bool transform_target(EngineWalk *walk, Diags *diags) {
    (void)diags;
    if (!walk->options || walk->options->targets.count == 0)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("target");
    size_t count = walk->nodes.count;
    bool destroying = walk->options->mode == PLAN_DESTROY;
    bool *targets = arena_new_array(scratch, bool, count);
    bool *selected = arena_new_array(scratch, bool, count);
    mark_targets(walk, destroying, targets, scratch);
    for (size_t i = 0; i < count; i++) {
        if (targets[i])
            graph_mark_needs(&walk->graph, (GraphNode)i, selected, scratch);
    }
    if (!destroying)
        select_outputs(walk, selected, scratch);
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind == NODE_DESTROY)
            continue;
        bool is_dependency = selected[node->id] && !targets[node->id];
        node->is_selected = selected[node->id];
        if (node->kind == NODE_RESOURCE_VALUE) {
            node->is_selected = selected[node->id] || targets[node->id];
        }
        node->is_target = destroying ? targets[node->id] : node->is_selected;
        if (is_dependency)
            node->selects_all = true;
    }
    return true;
}
