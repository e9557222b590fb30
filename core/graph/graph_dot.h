/* graph_dot: a graph in the language of Graphviz. */
#pragma once

#include "graph.h"

/* What the payloads of such a graph are. */
typedef struct GraphDotNode {
    Str name;               /* unique */
    Str label;              /* within its cluster; empty: the name */
    Str cluster;            /* nodes of one cluster are drawn in one box; empty: none */
    const char *attributes; /* "shape = box"; NULL: none of its own */
} GraphDotNode;

/* Edges that are part of a cycle are red. The graph is finished. */
void graph_dot_write(const Graph *graph, StrBuf *out, Arena *scratch);
