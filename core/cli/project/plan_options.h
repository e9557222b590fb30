/* plan_options: the options of a plan: its mode, and the objects it is about: -target, -exclude,
 * their files, -replace and -invoke. */
#pragma once

#include "project.h"

/* Reads -destroy, -refresh-only, -refresh, -target, -exclude, their files, -replace and -invoke. */
MUST_USE bool plan_options_read(Project *project, PlanOptions *out);
/* Restores only the targets and excludes of a saved plan, whose addresses were valid when it was
 * made. */
MUST_USE bool plan_options_restore(Project *project, const Plan *plan, PlanOptions *out);

/* An operator may write this file into the root module's directory, for a backend. It does not
 * count in the code of a plan. */
#define CODE_OVERRIDE "loam_operator_override.tf.json"

/* Sets plan->code and plan->files, of a plan that is saved with these sources. */
void planned_code_note(const Project *project, Plan *plan, const PlanFileSources *sources);
/* Selects the environment of the saved plan. Adds an error if another one is selected already, or
 * if the plan is a preview without the values of some variables. */
MUST_USE bool planned_input_select(Cli *cli, const Plan *plan, Diags *diags);
/* Returns false, with an error, if the open backend is not that of the plan. Plans of other
 * releases name none. */
MUST_USE bool planned_input_check_backend(const Project *project, const Plan *plan);
/* Reads ephemeral variables from all usual sources; one that had a value in the plan must have one
 * now. Other variables set by options must have the value in the plan. */
MUST_USE bool planned_input_supply(Project *project, const Plan *plan);

/* Compares the configuration of a saved plan with the files of this checkout. Warns if files
 * differ, are missing or are new: the apply uses the plan's copies. With -require-same-code that is
 * an error, as is a difference of another file of the plan's code: a lock file, a variables file,
 * or a file that expressions such as file() read. */
MUST_USE bool planned_code_check(Project *project, const PlanInput *input);
