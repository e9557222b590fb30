/* A query visits lists and their dependencies. */
#include "transform.h"

bool transform_query(EngineWalk *walk, Diags *) {
    if (!walk->options || !walk->options->query)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("query");
    bool *selected = arena_new_array(scratch, bool, walk->nodes.count);
    vec_each(&walk->nodes, item) {
        if ((*item)->kind == NODE_RESOURCE && (*item)->as.resource->config->mode == MODE_LIST)
            graph_mark_needs(&walk->graph, (*item)->id, selected, scratch);
    }
    vec_each(&walk->nodes, item) {
        (*item)->is_selected = (*item)->is_target = selected[(*item)->id];
    }
    return true;
}
