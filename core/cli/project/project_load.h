/* project_load: the configuration of a project, and the values of its variables. */
#pragma once

#include "planfile.h"
#include "project.h"

/* Reads the directory's configuration. `io` may be another than the command's (a plan file's
 * files); NULL: the command's. */
MUST_USE bool project_load(
    Project *project, Cli *cli, const Arguments *arguments, const Io *io, Diags *diags);
/* A saved plan with the files of its configuration. */
typedef struct PlanInput {
    const Plan *plan;
    const PlanFileSources *sources;
} PlanInput;

/* Reads the configuration that a plan was made of, with its variables' values. */
MUST_USE bool project_load_planned(
    Project *project, Cli *cli, const Arguments *arguments, PlanInput input, Diags *diags);
/* Like project_load, but a directory without configuration is no error: the command needs the
 * backend alone. Drops warnings. */
MUST_USE bool project_load_any(Project *project,
                               Cli *cli,
                               const Arguments *arguments,
                               Diags *diags);
/* Values of the root module's variables; asks for missing ones where it may. */
MUST_USE bool project_read_variables(Project *project);
