/* plan_options: the options of a plan: its mode, and the objects it is about: -target, -exclude,
 * their files, -replace and -invoke. */
#pragma once

#include "project.h"

/* Reads -destroy, -refresh-only, -refresh, -target, -exclude, their files, -replace and -invoke. */
MUST_USE bool plan_options_read(Project *project, PlanOptions *out);
/* Restores only the targets and excludes of a saved plan, whose addresses were valid when it was
 * made. */
MUST_USE bool plan_options_restore(Project *project, const Plan *plan, PlanOptions *out);
