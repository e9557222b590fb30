/* selection: reads -target, -exclude, their files, and -replace: the objects that a plan is
 * about. */
#pragma once

#include "project.h"

MUST_USE bool selection_read(Project *project, PlanOptions *out);
/* Restores the selection of a saved plan, whose addresses were valid when it was made. */
MUST_USE bool selection_restore(Project *project, const Plan *plan, PlanOptions *out);
/* Returns a sentence for each selected address that is neither in the configuration nor in the
 * state, probably misspelled. A blank precedes each sentence. Empty if there is none. */
Str selection_doubts(const Project *project, const PlanOptions *options, Arena *arena);
