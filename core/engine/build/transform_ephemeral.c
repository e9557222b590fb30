/* Adds nodes that close ephemeral resources after everything that depends on them, through whatever
 * values, modules and provider configurations. */
#include "transform.h"

/* Copies the graph with the same node numbers. `without_checks` omits the edges of the start node
 * of checks, which waits for everything but uses nothing. */
static Graph ephemeral_copy_graph(const EngineWalk *walk, bool without_checks, Arena *arena) {
    Graph copy = graph_new(arena);
    vec_each(&walk->nodes, item) {
        graph_add_node(&copy, *item);
    }
    vec_each(&walk->graph.edges, edge) {
        bool waits = walk->nodes.items[edge->from]->kind == NODE_CHECK_START;
        if (!without_checks || !waits)
            graph_add_edge(&copy, edge->from, edge->to);
    }
    return copy;
}

static bool is_ephemeral(const Node *node) {
    return node->kind == NODE_RESOURCE && node->as.resource->config->mode == MODE_EPHEMERAL;
}

static Node *add_closing(EngineWalk *walk, const Node *node) {
    Str name = str_format(walk->arena, "%.*s (close)", STR_ARG(node->name));
    Node *closing =
        node_add(walk, node->module, NODE_EPHEMERAL_CLOSE, STR_EMPTY, name, node->range);
    closing->as.resource = node->as.resource;
    return closing;
}

/* A close node depends on the users that have no users themselves; the other users have ended
 * before these. It also depends on the close nodes of ephemeral resources among its users. */
static void order_closing(EngineWalk *walk, Node *const *closings, size_t own, const Graph *users,
                          Arena *scratch) {
    size_t count = users->payloads.count;
    bool *marks = arena_new_array(scratch, bool, count);
    Node *node = walk->nodes.items[own];
    graph_mark_users(users, node->as.resource->value->id, marks, scratch);
    for (size_t i = 0; i < count; i++) {
        if (!marks[i])
            continue;
        node->configures |= walk->nodes.items[i]->kind == NODE_PROVIDER;
        if (users->user_start[i] == users->user_start[i + 1]) /* it has no users */
            graph_add_edge(&walk->graph, closings[own]->id, (GraphNode)i);
        if (closings[i])
            graph_add_edge(&walk->graph, closings[own]->id, closings[i]->id);
    }
}

static bool has_ephemerals(const EngineWalk *walk) {
    vec_each(&walk->nodes, item) {
        if (is_ephemeral(*item))
            return true;
    }
    return false;
}

bool transform_ephemeral(EngineWalk *walk, Diags *) {
    if (walk->phase == PHASE_VALIDATE || !has_ephemerals(walk))
        return true;
    SCOPED(ArenaRef) scratch = arena_open("ephemeral");
    Graph users = ephemeral_copy_graph(walk, true, scratch);
    graph_finish(&users);
    if (walk->graph.finished)
        walk->graph = ephemeral_copy_graph(walk, false, walk->arena);
    size_t count = walk->nodes.count;
    Node **closings = arena_new_array(scratch, Node *, count);
    for (size_t i = 0; i < count; i++) {
        if (is_ephemeral(walk->nodes.items[i]))
            closings[i] = add_closing(walk, walk->nodes.items[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (closings[i])
            order_closing(walk, closings, i, &users, scratch);
    }
    return true;
}
