/* create_before_destroy is forced on everything that such a resource depends on: its successor must
 * be there before the dependent's successor, so its own predecessor goes last. */
#include "transform.h"

bool transform_lifecycle(EngineWalk *walk, Diags *diags) {
    (void)diags;
    SCOPED(ArenaRef) scratch = arena_open("lifecycle");
    bool *marks = arena_new_array(scratch, bool, walk->nodes.count);
    bool any = false;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind != NODE_RESOURCE || !node->as.resource->create_before_destroy)
            continue;
        graph_mark_needs(&walk->graph, node->id, marks, scratch);
        any = true;
    }
    if (!any)
        return true;
    vec_each(&walk->nodes, item) {
        Node *node = *item;
        if (node->kind == NODE_RESOURCE && marks[node->id] &&
            node->as.resource->config->mode == MODE_MANAGED) {
            node->as.resource->create_before_destroy = true;
        }
    }
    return true;
}
