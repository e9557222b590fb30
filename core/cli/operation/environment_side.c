/* environment_side: loads, reads and plans. */
#include "environment_side.h"

void environment_side_release(EnvironmentSide *side) {
    project_release(&side->project);
}

bool environment_side_open(EnvironmentSide *side, const Cli *cli, const Arguments *arguments,
                           Str name, bool should_refresh, Diags *diags) {
    Project *project = &side->project;
    PlanOptions options = {
        .skip_refresh = !should_refresh,
        .skips_check_warnings = true,
        .variables = &project->variables,
    };
    side->cli = *cli;
    side->cli.environment = name;
    return project_load(project, &side->cli, arguments, NULL, diags) &&
           project_read_variables(project) && project_open_state(project, LOCK_NONE) &&
           engine_plan(&project->engine, &options, project->state, &side->result, cli->arena,
                       diags);
}
