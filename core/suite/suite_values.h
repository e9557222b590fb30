/* suite_values: values of variables for the runs of one file, and the names that expressions
 * outside of assertions can refer to.
 *
 *   given    from outside: environment, variable files, options; for files in the test directory,
 *            variable files of that directory win
 *   file     the file's `variables`; may refer to given values
 *   run      the run's `variables`; may refer to given and file values, and outputs of earlier runs
 *
 * Later sources win. A file's variable is evaluated at its first use. One thread. */
#pragma once

#include "suite_context.h"

/* Sets `*out` to all variables with a value for a run of this configuration: name → InputValue.
 * Includes variables of the run that the module does not declare. */
MUST_USE bool suite_values_collect(
    SuiteContext *context, const Config *config, const SuiteRun *run, Map *out, Diags *diags);
/* Returns the scope for a provider block of the file. */
const Scope *suite_values_scope(SuiteContext *context, const Config *config);
/* Finds var.NAME in the file, then in the given values. Sets `*out` to NULL without an error if
 * neither has a value. */
MUST_USE bool suite_values_find(
    SuiteContext *context, const Config *config, Str name, const InputValue **out, Diags *diags);
/* Finds run.NAME; `missing` is the summary of the error if the run has not been executed. */
MUST_USE bool suite_values_find_run(SuiteContext *context,
                                    const Traversal *traversal,
                                    const char *missing,
                                    Value *out,
                                    Diags *diags);
