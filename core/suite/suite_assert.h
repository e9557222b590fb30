/* suite_assert: evaluates the assertions of a run. */
#pragma once

#include "suite_values.h"

/* Evaluates all assertions: sets the worst status, adds errors to run->diags, and records the
 * outputs of the run for later runs. */
void suite_assert(SuiteContext *context, SuiteRun *run, const SuiteFindings *findings);
