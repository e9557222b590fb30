/* environment: requires an environment and, for a protected one, the approval of changes. */
#pragma once

#include "project.h"

/* Call before planning. Returns false, with an error, if environments are declared and none is
 * selected. */
MUST_USE bool environment_require(const Project *project);
/* Call before planning an apply; `asks`: the user will be asked to approve. Returns false, with an
 * error, if the environment is protected and -approve-protected does not name it, unless `asks`; or
 * if that option names another environment. */
MUST_USE bool environment_check_approval(Project *project, bool asks);
/* Call before a command changes only the state. Requires the name of a protected environment, by
 * -approve-protected or typed by the user. */
MUST_USE bool environment_approve_change(Project *project);
/* Returns the text that the user types to approve: "yes", or the name of a protected
 * environment. */
const char *environment_wanted_answer(const Project *project);
