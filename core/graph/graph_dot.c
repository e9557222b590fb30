/* Writes the nodes outside clusters, the clusters in order of their names, then the edges. Nodes
 * and edges keep the order of the graph. */
#include "graph_dot.h"

#include "map.h"

static void add_quoted(StrBuf *out, Str text) {
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, c == '\n' ? ' ' : c);
    }
    strbuf_add_char(out, '"');
}

static void add_node(StrBuf *out, const GraphDotNode *node, const char *indent) {
    strbuf_add_cstr(out, indent);
    add_quoted(out, node->name);
    strbuf_add_cstr(out, " [label=");
    add_quoted(out, node->label.len > 0 ? node->label : node->name);
    if (node->attributes)
        strbuf_add_format(out, ", %s", node->attributes);
    strbuf_add_cstr(out, "];\n");
}

static StrVec cluster_names(const Graph *graph, Arena *scratch) {
    StrVec names = {0};
    Map seen = map_new(scratch);
    vec_each(&graph->payloads, payload) {
        const GraphDotNode *node = *payload;
        if (node->cluster.len > 0 && !map_set(&seen, node->cluster, &seen))
            vec_push(scratch, &names, node->cluster);
    }
    str_sort(names.items, names.count);
    return names;
}

static void add_cluster(StrBuf *out, const Graph *graph, Str name, Arena *scratch) {
    strbuf_add_cstr(out, "  subgraph ");
    add_quoted(out, str_concat(STR("cluster_"), name, scratch));
    strbuf_add_cstr(out, " {\n    label = ");
    add_quoted(out, name);
    strbuf_add_cstr(out, ";\n    fontname = \"sans-serif\";\n");
    vec_each(&graph->payloads, payload) {
        const GraphDotNode *node = *payload;
        if (str_equal(node->cluster, name))
            add_node(out, node, "    ");
    }
    strbuf_add_cstr(out, "  }\n");
}

static void add_edges(StrBuf *out, const Graph *graph, const uint32_t *component) {
    for (GraphNode from = 0; from < graph->payloads.count; from++) {
        for (uint32_t i = graph->need_start[from]; i < graph->need_start[from + 1]; i++) {
            GraphNode to = graph->need[i];
            strbuf_add_cstr(out, "  ");
            add_quoted(out, ((const GraphDotNode *)graph->payloads.items[from])->name);
            strbuf_add_cstr(out, " -> ");
            add_quoted(out, ((const GraphDotNode *)graph->payloads.items[to])->name);
            strbuf_add_cstr(out, component[from] == component[to]
                                     ? " [color = red, penwidth = 2.0];\n"
                                     : ";\n");
        }
    }
}

void graph_dot_write(const Graph *graph, StrBuf *out, Arena *scratch) {
    strbuf_add_cstr(out, "digraph G {\n  rankdir = \"RL\";\n"
                         "  node [shape = rect, fontname = \"sans-serif\"];\n");
    vec_each(&graph->payloads, payload) {
        const GraphDotNode *node = *payload;
        if (node->cluster.len == 0)
            add_node(out, node, "  ");
    }
    StrVec names = cluster_names(graph, scratch);
    vec_each(&names, name) {
        add_cluster(out, graph, *name, scratch);
    }
    add_edges(out, graph, graph_components(graph, scratch));
    strbuf_add_cstr(out, "}\n");
}
