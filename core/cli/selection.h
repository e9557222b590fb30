/* selection: -target, -exclude, their files, and -replace: which objects a plan is about. */
#pragma once

#include "project.h"

MUST_USE bool selection_read(Project *project, PlanOptions *out);
/* Of a saved plan, whose texts were read once already. */
MUST_USE bool selection_restore(Project *project, const Plan *plan, PlanOptions *out);
