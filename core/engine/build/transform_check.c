/* A check's own data source is read after all other resources, because the check is about the
 * result. One start node depends on all resource values; these data sources depend on the start
 * node. */
#include "transform.h"

static Node *transform_check_add_start(EngineWalk *walk) {
    Node *start = node_add(walk, walk->root, NODE_CHECK_START, STR_EMPTY,
                           STR("(everything before checks)"), NO_RANGE);
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (node->kind == NODE_RESOURCE_VALUE && !node->as.resource->config->check)
            graph_add_edge(&walk->graph, start->id, node->id);
    }
    return start;
}

bool transform_check(EngineWalk *walk, Diags *) {
    Node *start = NULL;
    size_t count = walk->nodes.count;
    for (size_t i = 0; i < count; i++) {
        const Node *node = walk->nodes.items[i];
        if (node->kind != NODE_RESOURCE || !node->as.resource->config->check)
            continue;
        if (!start)
            start = transform_check_add_start(walk);
        graph_add_edge(&walk->graph, node->id, start->id);
    }
    return true;
}
