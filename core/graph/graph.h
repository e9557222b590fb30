/* Graph: a directed graph in which an edge a → b means "a depends on b".
 *
 * Nodes are small integers in order of addition. The caller owns the payloads, `arena` all else.
 * After graph_finish the graph is immutable, and threads may share it. All functions declared below
 * graph_finish require it. */
#pragma once

#include "vec.h"

typedef uint32_t GraphNode;

typedef struct GraphEdge {
    GraphNode from;
    GraphNode to;
} GraphEdge;

typedef struct Graph {
    Arena *arena;
    VEC(void *) payloads;
    VEC(GraphEdge) edges;
    /* set by graph_finish: compressed rows; the nodes that n depends on are need[need_start[n] ..
     * need_start[n+1]] */
    uint32_t *need_start;
    GraphNode *need;
    uint32_t *user_start; /* the same rows for the nodes that depend on n, in `user` */
    GraphNode *user;
    bool finished;
} Graph;

typedef VEC(GraphNode) GraphNodes;

Graph graph_new(Arena *arena);
GraphNode graph_add_node(Graph *graph, void *payload);
void graph_add_edge(Graph *graph, GraphNode from, GraphNode to);
/* Sorts the edges, removes duplicates and builds both directions, in linear time. */
void graph_finish(Graph *graph);

/* Sets `*out` to a cycle (each node depends on the next, the last on the first); returns false if
 * there is none. */
bool graph_find_cycle(const Graph *graph, GraphNodes *out, Arena *arena);
/* Orders dependencies before dependents, and otherwise by order of addition. Aborts on a cycle. */
void graph_topological_order(const Graph *graph, GraphNodes *out, Arena *arena);
/* Marks `start` and all nodes that it depends on, directly or not; `marks` has one bool per node.
 * The search stops at nodes that are marked already, so several calls may share `marks`. */
void graph_mark_needs(const Graph *graph, GraphNode start, bool *marks, Arena *scratch);
/* Marks `start` and all nodes that depend on it, directly or not; otherwise like
 * graph_mark_needs. */
void graph_mark_users(const Graph *graph, GraphNode start, bool *marks, Arena *scratch);
/* Returns the number of the strongly connected component of each node, in linear time. Nodes of one
 * cycle share a number; a node outside cycles has a number alone. */
uint32_t *graph_components(const Graph *graph, Arena *arena);
/* Returns a finished copy without the edges that a longer path implies; for display, because it
 * takes quadratic time. The graph must have no cycle: the copy would lose its edges. */
Graph graph_reduce(const Graph *graph, Arena *arena);
