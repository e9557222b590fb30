/* Writes the nodes outside clusters, the clusters in order of their names, then the edges. Nodes
 * and edges keep the order of the graph. */
#include "graph_dot.h"

#include "map.h"

/* Light fills for dark text, neither red nor green: frames have these. One for each type, in the
 * order of the types' names. */
static const char *const FILLS[] = {
    "#cfe2f3", "#fff2cc", "#d9d2e9", "#d0e0e3", "#fce5cd", "#e2e2e2",
    "#f8e0f7", "#ddebf7", "#ece5d8", "#d5dbf0", "#e8f0d8", "#e6dfd5",
};

typedef struct Drawing {
    const Graph *graph;
    StrBuf *out;
    Arena *scratch;
    bool is_picture;
    StrVec types; /* sorted */
} Drawing;

static void dot_add_escaped(StrBuf *out, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, c == '\n' ? ' ' : c);
    }
}

static void dot_add_quoted(StrBuf *out, Str text) {
    strbuf_add_char(out, '"');
    dot_add_escaped(out, text);
    strbuf_add_char(out, '"');
}

static const char *fill_of(const Drawing *drawing, Str type) {
    for (size_t i = 0; i < drawing->types.count; i++) {
        if (str_equal(drawing->types.items[i], type))
            return FILLS[i % ARRAY_COUNT(FILLS)];
    }
    return "#f2f2f2";
}

/* A style of the plain document replaces the default style, so that it must be filled, too. */
static const char *style_of(const GraphDotNode *node) {
    Str attributes = node->attributes ? str_from_cstr(node->attributes) : STR_EMPTY;
    if (str_find(attributes, STR("dashed"), 0) != SIZE_MAX)
        return "filled,dashed";
    return str_find(attributes, STR("dotted"), 0) != SIZE_MAX ? "filled,dotted" : "filled";
}

static void add_look(const Drawing *drawing, const GraphDotNode *node) {
    strbuf_add_format(drawing->out, ", style = \"%s\", fillcolor = \"%s\"", style_of(node),
                      fill_of(drawing, node->type));
    if (node->attributes && strstr(node->attributes, "diamond"))
        strbuf_add_cstr(drawing->out, ", shape = hexagon"); /* long names make diamonds too wide */
    strbuf_add_format(drawing->out, ", color = \"%s\"", node->frame ? node->frame : "#808080");
    if (node->frame)
        strbuf_add_cstr(drawing->out, ", penwidth = 3");
}

static void dot_add_node(const Drawing *drawing, const GraphDotNode *node, const char *indent) {
    StrBuf *out = drawing->out;
    strbuf_add_cstr(out, indent);
    dot_add_quoted(out, node->name);
    strbuf_add_cstr(out, " [label=\"");
    dot_add_escaped(out, node->label.len > 0 ? node->label : node->name);
    for (size_t i = 0; drawing->is_picture && i < node->lines.count; i++) {
        strbuf_add_cstr(out, "\\n");
        dot_add_escaped(out, node->lines.items[i]);
    }
    strbuf_add_char(out, '"');
    if (node->attributes)
        strbuf_add_format(out, ", %s", node->attributes);
    if (drawing->is_picture)
        add_look(drawing, node);
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

static StrVec type_names(const Graph *graph, Arena *scratch) {
    StrVec names = {0};
    Map seen = map_new(scratch);
    vec_each(&graph->payloads, payload) {
        const GraphDotNode *node = *payload;
        if (node->type.len > 0 && !map_set(&seen, node->type, &seen))
            vec_push(scratch, &names, node->type);
    }
    str_sort(names.items, names.count);
    return names;
}

static void add_cluster(const Drawing *drawing, Str name) {
    StrBuf *out = drawing->out;
    strbuf_add_cstr(out, "  subgraph ");
    dot_add_quoted(out, str_concat(STR("cluster_"), name, drawing->scratch));
    strbuf_add_cstr(out, " {\n    label = ");
    dot_add_quoted(out, name);
    strbuf_add_cstr(out, ";\n    fontname = \"sans-serif\";\n");
    if (drawing->is_picture)
        strbuf_add_cstr(out, "    color = \"#808080\";\n    fontcolor = \"#808080\";\n");
    vec_each(&drawing->graph->payloads, payload) {
        const GraphDotNode *node = *payload;
        if (str_equal(node->cluster, name))
            dot_add_node(drawing, node, "    ");
    }
    strbuf_add_cstr(out, "  }\n");
}

static void dot_add_edges(StrBuf *out, const Graph *graph, const uint32_t *component) {
    for (GraphNode from = 0; from < graph->payloads.count; from++) {
        for (uint32_t i = graph->need_start[from]; i < graph->need_start[from + 1]; i++) {
            GraphNode to = graph->need[i];
            strbuf_add_cstr(out, "  ");
            dot_add_quoted(out, ((const GraphDotNode *)graph->payloads.items[from])->name);
            strbuf_add_cstr(out, " -> ");
            dot_add_quoted(out, ((const GraphDotNode *)graph->payloads.items[to])->name);
            strbuf_add_cstr(out, component[from] == component[to]
                                     ? " [color = red, penwidth = 2.0];\n"
                                     : ";\n");
        }
    }
}

static void dot_write_document(const Graph *graph, bool is_picture, StrBuf *out, Arena *scratch) {
    Drawing drawing = {graph, out, scratch, is_picture, {0}};
    strbuf_add_cstr(out, "digraph G {\n  rankdir = \"RL\";\n"
                         "  node [shape = rect, fontname = \"sans-serif\"];\n");
    if (is_picture) {
        drawing.types = type_names(graph, scratch);
        strbuf_add_cstr(out, "  bgcolor = \"transparent\";\n"
                             "  node [fontcolor = \"#1a1a1a\"];\n"
                             "  edge [color = \"#808080\"];\n");
    }
    vec_each(&graph->payloads, payload) {
        const GraphDotNode *node = *payload;
        if (node->cluster.len == 0)
            dot_add_node(&drawing, node, "  ");
    }
    StrVec names = cluster_names(graph, scratch);
    vec_each(&names, name) {
        add_cluster(&drawing, *name);
    }
    dot_add_edges(out, graph, graph_components(graph, scratch));
    strbuf_add_cstr(out, "}\n");
}

void graph_dot_write(const Graph *graph, StrBuf *out, Arena *scratch) {
    dot_write_document(graph, false, out, scratch);
}

void graph_dot_write_picture(const Graph *graph, StrBuf *out, Arena *scratch) {
    dot_write_document(graph, true, out, scratch);
}
