/* loam validate */
#include "command.h"
#include "project.h"

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.may_be_empty = true};
    if (!project_load(&project, cli, arguments, NULL, diags))
        return 1;
    if (!engine_validate(&project.engine, cli->arena, diags))
        return 1;
    cli->view->type->valid(cli->view);
    return 0;
}

static const Option options[] = {
    {"json", OPTION_FLAG, NULL, "Print the verdict as one JSON document."},
};

const Command cmd_validate = {
    .name = "validate",
    .summary = "Check the configuration",
    .usage = "[options]",
    .about =
        "Checks syntax, names, types and arguments, without state and without any remote call.",
    .groups = {OPTION_GROUP(options), &option_view},
    .group_count = 2,
    .run = run,
    .json_view = view_verdict_open,
};
