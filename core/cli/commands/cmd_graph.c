/* loam graph */
#include "command.h"
#include "graph_dot.h"
#include "project.h"
#include "utf8.h"

#include <errno.h>

static const Option graph_options[] = {
    {"type", OPTION_CHOICE, "plan|plan-refresh-only|plan-destroy|apply",
     "Print the complete graph of this operation."},
    {"plan", OPTION_PATH, "PATH", "Print the graph of this saved plan's apply."},
    {"draw-cycles", OPTION_FLAG, NULL, "Print a graph that has cycles, with the cycles in red."},
    {"format", OPTION_CHOICE, "dot|mermaid|svg",
     "dot (default), mermaid, or svg, which requires Graphviz."},
    {"verbose", OPTION_FLAG, NULL, "Include internal nodes and every edge."},
};

typedef struct GraphTypeName {
    const char *name;
    GraphType type;
} GraphTypeName;

static const GraphTypeName graph_types[] = {
    {"plan", GRAPH_PLAN},
    {"plan-refresh-only", GRAPH_PLAN},
    {"plan-destroy", GRAPH_PLAN_DESTROY},
    {"apply", GRAPH_APPLY},
};

static bool cmd_graph_read_type(const Arguments *arguments, GraphType *out, Diags *diags) {
    Str text = option_text(arguments, "type");
    *out = option_is_given(arguments, "plan") ? GRAPH_APPLY : GRAPH_RESOURCES;
    if (text.len == 0)
        return true;
    for (size_t i = 0; i < ARRAY_COUNT(graph_types); i++) {
        if (str_equal_cstr(text, graph_types[i].name)) {
            *out = graph_types[i].type;
            return true;
        }
    }
    return diags_fail(
        diags, NO_RANGE, "Unsupported graph type",
        "-type requires plan, plan-refresh-only, plan-destroy or apply, not \"%.*s\".",
        STR_ARG(text));
}

typedef enum GraphFormat { FORMAT_DOT, FORMAT_MERMAID, FORMAT_SVG } GraphFormat;

static bool cmd_graph_read_format(const Arguments *arguments, GraphFormat *out, Diags *diags) {
    Str text = option_text(arguments, "format");
    *out = str_equal(text, STR("svg"))       ? FORMAT_SVG
           : str_equal(text, STR("mermaid")) ? FORMAT_MERMAID
                                             : FORMAT_DOT;
    if (text.len == 0 || *out != FORMAT_DOT || str_equal(text, STR("dot")))
        return true;
    return diags_fail(diags, NO_RANGE, "Unsupported graph format",
                      "-format requires dot, mermaid or svg, not \"%.*s\".", STR_ARG(text));
}

/* Loads the saved plan of -plan, or the configuration of the directory. */
static bool cmd_graph_load(Project *project, Cli *cli, const Arguments *arguments,
                           GraphRequest *request, Diags *diags) {
    Str path = option_text(arguments, "plan");
    if (!path.ptr) {
        bool ok = project_load(project, cli, arguments, NULL, diags) &&
                  project_open_state(project, LOCK_NONE);
        request->state = project->state;
        return ok;
    }
    Plan *plan;
    PlanFileSources sources = {0};
    project->cli = cli;
    project->arguments = arguments;
    if (!project_read_plan(project, (PlanName){path, STR_EMPTY}, &plan, &sources, diags))
        return false;
    request->plan = plan;
    PlanInput input = {plan, &sources};
    return project_load_planned(project, cli, arguments, input, diags) &&
           project_open_state(project, LOCK_NONE) && (request->state = project->state);
}

static bool print_svg(const Cli *cli, Str dot, Diags *diags) {
    static const char *const argv[] = {"dot", "-Tsvg", NULL};
    ProcessRequest request = {.argv = argv, .input = dot, .cancel = cli->cancel};
    ProcessResult result;
    const Process *process = cli->io.process;
    int status = process->run(process->self, &request, &result, cli->arena);
    if (status == 0 && result.exit_status == 0) {
        terminal_out(result.out);
        return true;
    }
    if (status == -ENOENT || (status == 0 && result.exit_status == 127))
        return diags_fail(diags, NO_RANGE, "Graphviz is not installed",
                          "-format=svg requires the program \"dot\" of Graphviz, which is not in "
                          "PATH. Install the package graphviz, or use -format=dot.");
    return diags_fail(diags, NO_RANGE, "Drawing the graph failed", "Graphviz' \"dot\" failed: %.*s",
                      STR_ARG(status ? str_from_cstr(process_error(status))
                                     : utf8_indented(result.err, diags->arena)));
}

static int cmd_graph_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    GraphRequest request = {
        .draws_cycles = option_flag(arguments, "draw-cycles"),
        .is_verbose = option_flag(arguments, "verbose"),
    };
    GraphFormat format;
    Graph graph;
    if (!cmd_graph_read_type(arguments, &request.type, diags) ||
        !cmd_graph_read_format(arguments, &format, diags) ||
        !cmd_graph_load(&project, cli, arguments, &request, diags) ||
        !engine_graph(&project.engine, &request, &graph, cli->arena, diags))
        return 1;
    StrBuf text = strbuf_new(cli->arena);
    switch (format) {
    case FORMAT_MERMAID: graph_mermaid_write(&graph, &text, cli->arena); break;
    case FORMAT_DOT: graph_dot_write(&graph, &text, cli->arena); break;
    case FORMAT_SVG:
        graph_dot_write_picture(&graph, &text, cli->arena);
        return print_svg(cli, strbuf_str(&text), diags) ? 0 : 1;
    }
    terminal_out(strbuf_str(&text));
    return 0;
}

const Command cmd_graph = {
    .name = "graph",
    .summary = "Print the dependency graph",
    .usage = "[options]",
    .about =
        "Prints a graph in the DOT language, or as a flowchart of Mermaid, with an edge from "
        "each node to each of its "
        "dependencies. Without -type, the nodes are the resources and data sources; with "
        "-type, all nodes of that operation. With plan-destroy, an edge leads to the node "
        "that must be destroyed first.\n"
        "An SVG has a colour for each type and the instances of each block. With -plan, it also "
        "has their "
        "actions, and a frame in the colour of the most severe one: red deletes, violet replaces, "
        "amber updates, green creates, blue reads.",
    .example = "loam graph -format=svg > graph.svg",
    .groups = {OPTION_GROUP(graph_options), &option_variables, &option_environment, &option_view},
    .run = cmd_graph_run,
};
