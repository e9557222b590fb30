/* project_load: loads the configuration of a project and the values of its variables. */
#pragma once

#include "planfile.h"
#include "project.h"

/* Loads the configuration of the directory. `io` replaces the command's, for the files of a saved
 * plan; NULL: the command's. */
MUST_USE bool project_load(Project *project, Cli *cli, const Arguments *arguments, const Io *io,
                           Diags *diags);
/* A saved plan with the files of its configuration. */
typedef struct PlanInput {
    const Plan *plan;
    const PlanFileSources *sources;
} PlanInput;

/* Loads the configuration saved with a plan, and the values of its variables. */
MUST_USE bool project_load_planned(Project *project, Cli *cli, const Arguments *arguments,
                                   PlanInput input, Diags *diags);
/* Like project_load, but accepts a directory without configuration: the command needs only the
 * backend. Drops warnings if it succeeds. */
MUST_USE bool project_load_any(Project *project, Cli *cli, const Arguments *arguments,
                               Diags *diags);
/* Reads the values of the root module's variables. Asks for missing values if allowed. */
MUST_USE bool project_read_variables(Project *project);
