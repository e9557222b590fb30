/* loam get */
#include "command.h"
#include "project.h"

static const Option get_options[] = {
    {"update", OPTION_FLAG, NULL, "Select newer revisions and lock them."},
};

static int get_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project)
    project = {
        .options.installs_modules = true,
        .options.upgrades_modules = option_flag(arguments, "update"),
        .options.test_directory = project_test_directory(arguments),
    };
    return project_load(&project, cli, arguments, NULL, diags) ? 0 : 1;
}

const Command cmd_get = {
    .name = "get",
    .summary = "Install the modules of the configuration",
    .usage = "[options]",
    .about = "Downloads the modules that the configuration calls, in the revisions of "
             ".loam.lock.yaml, like \"loam init\". Does nothing else.",
    .example = "loam get -update",
    .groups = {OPTION_GROUP(get_options), &option_variables, &option_tests, &option_environment,
               &option_view},
    .run = get_run,
};
