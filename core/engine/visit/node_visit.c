/* Finds failed deletions among the dependencies of a node. */
#include "node_visit.h"

bool node_visit_is_blocked(const NodeVisit *visit) {
    const Graph *graph = &visit->walk->graph;
    GraphNode id = visit->node->id;
    for (uint32_t i = graph->need_start[id]; i < graph->need_start[id + 1]; i++) {
        const Node *need = graph->payloads.items[graph->need[i]];
        bool is_own = need->kind == NODE_DESTROY && need->as.mirrored == visit->node;
        bool deletes = need->kind == NODE_DESTROY || need->kind == NODE_DESTROY_GATE;
        if (deletes && !is_own && atomic_load(&need->has_failed))
            return true;
    }
    return false;
}
