/* graph_dot: writes a graph in the DOT language of Graphviz. */
#pragma once

#include "graph.h"

/* The payload type of a graph for graph_dot_write. */
typedef struct GraphDotNode {
    Str name;               /* unique */
    Str label;              /* label within the cluster; empty: use the name */
    Str cluster;            /* nodes of one cluster are drawn in one box; empty: none */
    const char *attributes; /* DOT attributes, such as "shape = box"; NULL: none */
} GraphDotNode;

/* Draws edges within a cycle in red. The graph must be finished. */
void graph_dot_write(const Graph *graph, StrBuf *out, Arena *scratch);
