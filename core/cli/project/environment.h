/* environment: checks the selected environment: does the state belong to it, and are changes
 * approved? */
#pragma once

#include "project.h"

/* Returns false, with an error, for "-env all", which only `loam plan` accepts. */
MUST_USE bool environment_check_choice(const Cli *cli, Diags *diags);
/* Call before planning. Returns false, with an error, if environments are declared and none is
 * selected. */
MUST_USE bool environment_require(const Project *project);
/* Call after reading the state. Returns false, with an error, if the state belongs to another
 * environment. */
MUST_USE bool environment_check_state(Project *project);
/* Call before planning an apply; `asks`: the user will be asked to approve. Returns false, with an
 * error, if a protected environment has no other approval. */
MUST_USE bool environment_check_approval(Project *project, bool asks);
/* Call before a command changes only the state. Requires the name of a protected environment, by
 * -approve-protected or typed by the user. */
MUST_USE bool environment_approve_change(Project *project);
/* Returns the text that the user types to approve: "yes", or the name of a protected
 * environment. */
const char *environment_wanted_answer(const Project *project);
/* Selects the environment of the saved plan. Adds an error if another one is selected already. */
MUST_USE bool environment_take_from_plan(Cli *cli, const Plan *plan, Diags *diags);
