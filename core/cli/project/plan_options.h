/* plan_options: the options of the command line that say how to plan. */
#pragma once

#include "project.h"

/* -destroy, -refresh-only, -refresh, -target, -exclude, -replace. */
MUST_USE bool plan_options_read(Project *project, PlanOptions *out);
