/* suite_assert: evaluates the assertions of a run and checks its expected failures. */
#pragma once

#include "suite_context.h"

/* The values that an assertion can refer to. */
typedef struct SuiteFindings {
    EngineConsole *console;
    const Config *config;
    const Map *variables; /* of the run: name → InputValue */
} SuiteFindings;

/* Evaluates all assertions. Returns the worst status; adds errors to run->diags. */
SuiteStatus suite_assert_all(SuiteContext *context, SuiteRun *run, const SuiteFindings *findings);
/* Checks that every expect_failures reference names an object with conditions. */
MUST_USE bool suite_assert_check_expected(const TestRun *run, Diags *diags);
/* Copies `found` to `out` without the expected failures. Other failed check blocks and missing
 * expected failures become errors. Returns false if errors were added. */
MUST_USE bool suite_assert_expected(const SuiteRun *run, const Diags *found, Diags *out);
/* For the plan before an apply: copies `found` without check blocks, which the apply evaluates
 * again. Adds a warning for each expected failure, because it prevents the apply. */
void suite_assert_explain(const SuiteRun *run, const Diags *found, Diags *out);
/* Returns all outputs of the module as one object. */
Value suite_assert_outputs(const SuiteFindings *findings, Arena *arena);
