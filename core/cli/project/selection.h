/* selection: -target, -exclude, their files, and -replace: which objects a plan is about. */
#pragma once

#include "project.h"

MUST_USE bool selection_read(Project *project, PlanOptions *out);
/* Of a saved plan, whose texts were read once already. */
MUST_USE bool selection_restore(Project *project, const Plan *plan, PlanOptions *out);
/* Sentences, a blank before each, about what is at no place of configuration or state: most often
 * it is misspelt, and to do nothing would look as if all were well. Empty: all is there. */
Str selection_doubts(const Project *project, const PlanOptions *options, Arena *arena);
