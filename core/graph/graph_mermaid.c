/* Nodes get the names n0, n1 …, because addresses contain characters that Mermaid reserves. */
#include "graph_dot.h"

#include "map.h"

/* Mermaid has entities instead of escapes. */
static void mermaid_add_label(StrBuf *out, Str text) {
    strbuf_add_cstr(out, "[\"");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '#' || c == '<' || c == '>' || c == '&' || c == '`')
            strbuf_add_format(out, "#%d;", c);
        else
            strbuf_add_char(out, c == '\n' ? ' ' : c);
    }
    strbuf_add_cstr(out, "\"]\n");
}

/* Writes the nodes of a cluster; empty: those outside clusters. */
static void add_nodes(StrBuf *out, const Graph *graph, Str cluster, const char *indent) {
    for (GraphNode i = 0; i < graph->payloads.count; i++) {
        const GraphDotNode *node = graph->payloads.items[i];
        if (!str_equal(node->cluster, cluster))
            continue;
        strbuf_add_format(out, "%sn%u", indent, (unsigned)i);
        mermaid_add_label(out, node->label.len > 0 ? node->label : node->name);
    }
}

static void mermaid_add_clusters(StrBuf *out, const Graph *graph, Arena *scratch) {
    StrVec names = {0};
    Map seen = map_new(scratch);
    vec_each(&graph->payloads, payload) {
        const GraphDotNode *node = *payload;
        if (node->cluster.len > 0 && !map_set(&seen, node->cluster, &seen))
            vec_push(scratch, &names, node->cluster);
    }
    str_sort(names.items, names.count);
    for (size_t i = 0; i < names.count; i++) {
        strbuf_add_format(out, "  subgraph c%zu", i);
        mermaid_add_label(out, names.items[i]);
        add_nodes(out, graph, names.items[i], "    ");
        strbuf_add_cstr(out, "  end\n");
    }
}

static void mermaid_add_edges(StrBuf *out, const Graph *graph, const uint32_t *component,
                              Arena *scratch) {
    StrBuf styles = strbuf_new(scratch);
    size_t count = 0;
    for (GraphNode from = 0; from < graph->payloads.count; from++) {
        for (uint32_t i = graph->need_start[from]; i < graph->need_start[from + 1]; i++) {
            GraphNode to = graph->need[i];
            strbuf_add_format(out, "  n%u --> n%u\n", (unsigned)from, (unsigned)to);
            if (component[from] == component[to])
                strbuf_add_format(&styles, "  linkStyle %zu stroke:red\n", count);
            count++;
        }
    }
    strbuf_add(out, strbuf_str(&styles));
}

void graph_mermaid_write(const Graph *graph, StrBuf *out, Arena *scratch) {
    strbuf_add_cstr(out, "flowchart LR\n");
    add_nodes(out, graph, STR_EMPTY, "  ");
    mermaid_add_clusters(out, graph, scratch);
    mermaid_add_edges(out, graph, graph_components(graph, scratch), scratch);
}
