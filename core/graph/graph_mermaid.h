/* graph_mermaid: writes a graph as a flowchart in the language of Mermaid, which renderers of
 * Markdown draw. */
#pragma once

#include "graph_dot.h"

/* Writes a graph whose payloads are GraphDotNode; their `attributes` have no effect. Draws edges
 * within a cycle in red. The graph must be finished. */
void graph_mermaid_write(const Graph *graph, StrBuf *out, Arena *scratch);
