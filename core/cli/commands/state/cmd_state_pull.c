/* loam state pull */
#include "command.h"
#include "project.h"
#include "statefile.h"

static int pull_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {0};
    if (!project_open_state_only(&project, cli, arguments, LOCK_NONE, diags))
        return 1;
    if (project.has_state)
        terminal_out(statefile_encode(project.state, cli->arena));
    if (project.has_state && cli_name(cli)->peer)
        terminal_print("\n"); /* as the peers end it */
    return 0;
}

const Command cmd_state_pull = {
    .name = "pull",
    .summary = "Print the stored state",
    .usage = "[options]",
    .about = "Prints the whole state as JSON, in the newest format version.",
    .example = "loam state pull > copy.tfstate",
    .groups = {&option_variables, &option_environment, &option_view},
    .run = pull_run,
};
