/* loam validate */
#include "command.h"
#include "project.h"
#include "project_load.h"
#include "suite_validate.h"

static int run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.may_be_empty = true};
    if (!option_flag(arguments, "no-tests"))
        project.test_directory = project_test_directory(arguments);
    if (!project_load(&project, cli, arguments, NULL, diags))
        return 1;
    bool ok = engine_validate(&project.engine, diags);
    if (project.test_directory.len)
        ok = suite_validate(&project.engine, cli->arena, diags) && ok;
    if (!ok)
        return 1;
    cli->view->type->valid(cli->view);
    return 0;
}

static const Option options[] = {
    {"json",      OPTION_FLAG, NULL,   "Print the verdict as one JSON document."                 },
    {"json-into", OPTION_PATH, "PATH", "Write that document into a file, beside what is printed."},
    {"no-tests",  OPTION_FLAG, NULL,   "Leave tests out."                                        },
};

const Command cmd_validate = {
    .name = "validate",
    .summary = "Check the configuration",
    .usage = "[options]",
    .about =
        "Checks syntax, names, types and arguments, without state and without any remote call.",
    .groups = {OPTION_GROUP(options), &option_tests, &option_variables, &option_environment,
               &option_view},
    .group_count = 5,
    .run = run,
    .json_view = view_verdict_open,
};
