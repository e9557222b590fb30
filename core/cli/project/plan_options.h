/* plan_options: the options of a plan: its mode, and the objects it is about: -target, -exclude,
 * their files, -replace and -invoke. */
#pragma once

#include "project.h"

/* Reads -destroy, -refresh-only, -refresh, -target, -exclude, their files, -replace and -invoke. */
MUST_USE bool plan_options_read(Project *project, PlanOptions *out);
/* Restores only the targets and excludes of a saved plan, whose addresses were valid when it was
 * made. */
MUST_USE bool plan_options_restore(Project *project, const Plan *plan, PlanOptions *out);

/* Compares the configuration of a saved plan with the files of this checkout. Warns if files
 * differ, are missing or are new: the apply uses the plan's copies. With -require-same-code that is
 * an error. Files that expressions read, such as those of file(), belong to no plan and are not
 * compared. */
MUST_USE bool planned_code_check(Project *project, const PlanFileSources *sources);
