/* environment: the environment of the configuration that a command works on: whether the state is
 * its own, and whether it may be changed just so. */
#pragma once

#include "project.h"

/* One at a time, but for commands that take each in turn. */
MUST_USE bool environment_check_choice(const Cli *cli, Diags *diags);
/* Before anything is planned: where environments are declared, one is selected. */
MUST_USE bool environment_require(const Project *project);
/* After the state was read: another environment's is not touched. */
MUST_USE bool environment_check_state(Project *project);
/* Before anything is planned that is to be carried out. `asks`: somebody is going to be asked. */
MUST_USE bool environment_check_approval(Project *project, bool asks);
/* Before the state is changed and nothing else. A protected environment's name has to be given by
 * -approve-protected, or typed. */
MUST_USE bool environment_approve_change(Project *project);
/* What has to be typed to approve: "yes", or the name of a protected environment. */
const char *environment_wanted_answer(const Project *project);
/* A saved plan is carried out where it was made. */
MUST_USE bool environment_take_from_plan(Cli *cli, const Plan *plan, Diags *diags);
