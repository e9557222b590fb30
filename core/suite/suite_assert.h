/* suite_assert: what must hold after a run: its assertions, and the failures that it expects. */
#pragma once

#include "suite_context.h"

/* What an assertion sees besides the names of the module. */
typedef struct SuiteFindings {
    EngineConsole *console;
    const Config *config;
    const Map *variables; /* of the run: name → InputValue */
} SuiteFindings;

/* The worst that came of them; what is wrong joins run->diags. */
SuiteStatus suite_assert_all(SuiteContext *context, SuiteRun *run, const SuiteFindings *findings);
/* Do the failures name what can fail? */
MUST_USE bool suite_assert_check_expected(const TestRun *run, Diags *diags);
/* Expected failures are left out, others of check blocks are errors, and what was expected and did
 * not come is one. False: there are errors in *out. */
MUST_USE bool suite_assert_expected(const SuiteRun *run, const Diags *found, Diags *out);
/* Of a plan that is to be applied: nothing is left out, as nothing can be applied, and expected
 * failures are explained. Of check blocks the apply will say. */
void suite_assert_explain(const SuiteRun *run, const Diags *found, Diags *out);
/* All outputs of the module as one object. */
Value suite_assert_outputs(const SuiteFindings *findings, Arena *arena);
