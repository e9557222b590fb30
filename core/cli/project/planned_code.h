/* planned_code: compares the configuration of a saved plan with the files of this checkout. */
#pragma once

#include "planfile.h"
#include "project.h"

/* Warns if files differ, are missing or are new: the apply uses the plan's copies. With
 * -require-same-code that is an error. Files that expressions read, such as those of file(), belong
 * to no plan and are not compared. */
MUST_USE bool planned_code_check(Project *project, const PlanFileSources *sources);
