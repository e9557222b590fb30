/* loam graph */
#include "command.h"
#include "project.h"

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    if (!project_load(&project, cli, arguments, NULL, diags) ||
        !project_open_state(&project, STR_EMPTY)) {
        return 1;
    }
    Graph graph;
    if (!engine_graph(&project.engine, project.state, &graph, cli->arena, diags))
        return 1;
    StrBuf text = strbuf_new(cli->arena);
    strbuf_add_cstr(
        &text,
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    vec_each(&graph.payloads, payload) {
        Str name = str_quote(*(const Str *)*payload, cli->arena);
        strbuf_add_format(&text, "  %.*s [label=%.*s];\n", STR_ARG(name), STR_ARG(name));
    }
    for (GraphNode node = 0; node < graph.payloads.count; node++) {
        Str from = str_quote(*(const Str *)graph.payloads.items[node], cli->arena);
        for (uint32_t i = graph.need_start[node]; i < graph.need_start[node + 1]; i++) {
            Str to = str_quote(*(const Str *)graph.payloads.items[graph.need[i]], cli->arena);
            strbuf_add_format(&text, "  %.*s -> %.*s;\n", STR_ARG(from), STR_ARG(to));
        }
    }
    strbuf_add_cstr(&text, "}\n");
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_graph = {
    .name = "graph",
    .summary = "Print the dependency graph",
    .usage = "[options]",
    .about =
        "Prints the graph of resources and data sources in the DOT language: an arrow leads from a "
        "resource to what it depends on.\nTo look at it: loam graph | dot -Tsvg > graph.svg",
    .groups = {&option_view},
    .group_count = 1,
    .run = run,
};
