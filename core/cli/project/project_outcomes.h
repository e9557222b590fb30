/* project_outcomes: the outcome keeper of a run, and what keepers of killed runs have written. */
#pragma once

#include "project.h"

/* Adds the responses that arrived after the death of earlier runs to the pending calls of the
 * state. Waits for calls that are still in flight. */
MUST_USE bool project_outcomes_read(Project *project);
/* Sets Io.keeper. Call before the first change. */
MUST_USE bool project_outcomes_begin(Project *project);
/* Ends the keeper, after the state is saved. */
void project_outcomes_end(Project *project);
