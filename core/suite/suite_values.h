/* suite_values: values of variables for the runs of one file, and the names that its
 * expressions can refer to.
 *
 *   given    from outside: environment, variable files, options; for files in the test directory,
 *            variable files of that directory win
 *   file     the file's `variables`; may refer to given values
 *   run      the run's `variables`; may refer to given and file values, and outputs of earlier runs
 *
 * Later sources win. A file's variable is evaluated at its first use. One thread. */
#pragma once

#include "suite_context.h"

/* The values that an assertion can refer to. */
typedef struct AssertionInput {
    EngineConsole *console;
    const Config *config;
    const Map *variables; /* of the run: name → InputValue */
} AssertionInput;

/* Sets `*out` to all variables with a value for a run of this configuration: name → InputValue.
 * Includes variables of the run that the module does not declare. */
MUST_USE bool suite_values_collect(SuiteContext *context, const Config *config, const SuiteRun *run,
                                   Map *out, Diags *diags);
/* Returns the scope for a provider block of the file. */
const Scope *suite_values_scope(SuiteContext *context, const Config *config);
/* Returns the scope of the assertions of a run; `findings` must outlive it. */
const Scope *suite_values_assertion_scope(SuiteContext *context, const AssertionInput *findings);

/* Wraps a body of a test file for the engine, which does not know the objects of the test file:
 * references to them are replaced with values when the content is read. */
const Body *suite_body_new(const Body *inner, const Scope *scope, Arena *arena);
