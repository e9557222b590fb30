/* graph_dot: writes a graph as text: in the DOT language of Graphviz, plain for programs or as a
 * picture with colours for people; or as a Mermaid flowchart. */
#pragma once

#include "graph.h"

/* The payload type of a graph for graph_dot_write. */
typedef struct GraphDotNode {
    Str name;               /* unique */
    Str label;              /* label within the cluster; empty: use the name */
    Str cluster;            /* nodes of one cluster are drawn in one box; empty: none */
    const char *attributes; /* DOT attributes, such as "shape = box"; NULL: none */
    /* Of a picture alone: */
    Str type;          /* nodes of one type have one colour; empty: none */
    StrVec lines;      /* below the label */
    const char *frame; /* colour of the frame; NULL: grey */
} GraphDotNode;

/* In DOT. Draws edges within a cycle in red. The graph must be finished. */
void graph_dot_write(const Graph *graph, StrBuf *out, Arena *scratch);
/* The same as a picture. It has no background, and each colour stands out from white and from
 * black, so that it suits light and dark pages. */
void graph_dot_write_picture(const Graph *graph, StrBuf *out, Arena *scratch);

/* In Mermaid. The payloads are GraphDotNode; their `attributes` have no effect. Draws edges
 * within a cycle in red. The graph must be finished. */
void graph_mermaid_write(const Graph *graph, StrBuf *out, Arena *scratch);
