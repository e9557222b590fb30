/* Graph: any directed graph whose edge a → b says "a depends on b".
 *
 * Nodes are small integers given in order of addition; the payload is the caller's. Duplicate edges
 * are dropped by graph_finish. After graph_finish the graph is immutable: threads share it. */
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
    /* after graph_finish: compressed rows; needs of n are need[need_start[n] .. need_start[n+1]] */
    uint32_t *need_start;
    GraphNode *need;
    uint32_t *user_start; /* who depends on n */
    GraphNode *user;
    bool finished;
} Graph;

typedef VEC(GraphNode) GraphNodes;

Graph graph_new(Arena *arena);
GraphNode graph_add_node(Graph *graph, void *payload);
void graph_add_edge(Graph *graph, GraphNode from, GraphNode to);
/* Sorts and removes duplicate edges, builds both directions. Linear. */
void graph_finish(Graph *graph);

/* A cycle as a path (each depends on the next, the last on the first); false when there is none. */
bool graph_find_cycle(const Graph *graph, GraphNodes *out, Arena *arena);
/* Dependencies before dependents; ties in order of addition. No cycle allowed. */
void graph_topological_order(const Graph *graph, GraphNodes *out, Arena *arena);
/* Marks (bool per node) everything that `start` depends on, start included. */
void graph_mark_needs(const Graph *graph, GraphNode start, bool *marks, Arena *scratch);
/* Marks everything that depends on `start`, start included. */
void graph_mark_users(const Graph *graph, GraphNode start, bool *marks, Arena *scratch);
/* For each node the number of its component: nodes that depend on each other, in a circle, have the
 * same; a node of no circle is alone in its own. Linear. */
uint32_t *graph_components(const Graph *graph, Arena *arena);
/* The same graph without edges that a longer path implies. For showing, not for walking. */
Graph graph_reduce(const Graph *graph, Arena *arena);
