/* suite_state: the states of a file. They are in memory until a run changes objects outside of the
 * state, which a killed test would lose; from then on all of them are in stores. A state in a
 * backend of a run is there from the beginning. */
#pragma once

#include "suite_context.h"

/* Returns the state that this run uses; at first an empty one. */
SuiteState *suite_state_of(SuiteContext *context, const TestRun *run);
/* Call before a plan of `run` (NULL: at the end of the file). Opens the backend of the run, and
 * reads the state again if the last changes are in doubt. */
MUST_USE bool suite_state_prepare(SuiteContext *context, SuiteState *state, const SuiteRun *run,
                                  Diags *diags);
/* Begins the changes of a plan for `run`. If the plan has effects, they are recorded. */
MUST_USE bool suite_state_begin(SuiteContext *context, SuiteState *state, const SuiteRun *run,
                                const PlanResult *planned, WorkingState **out, Diags *diags);
/* Ends them: state->state is the result. */
void suite_state_end(SuiteState *state, WorkingState *working);
/* Opens the store of a state of an earlier test, if it has one: the one of its entry, or the
 * backend of `run`. */
MUST_USE bool suite_state_load(SuiteContext *context, SuiteState *state, const SuiteRun *run,
                               Diags *diags);
/* Keeps the states that have a reason, with those that they depend on; removes the others. */
MUST_USE bool suite_state_finish(SuiteContext *context, Diags *diags);
