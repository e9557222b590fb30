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

typedef struct SuiteValues SuiteValues;

SuiteValues *suite_values_new(SuiteContext *context);
/* Sets `*out` to all variables with a value for a run of this configuration: name → InputValue.
 * Includes variables of the run that the module does not declare. */
MUST_USE bool suite_values_collect(
    SuiteValues *self, const Config *config, const SuiteRun *run, Map *out, Diags *diags);
/* Returns the scope for a provider block of the file. */
const Scope *suite_values_scope(SuiteValues *self, const Config *config);
/* Returns true if the file, or a source outside, has a value for var.NAME; adds no diagnostic. */
bool suite_values_has(SuiteValues *self, const Config *config, Str name);
MUST_USE bool suite_values_find(
    SuiteValues *self, const Config *config, Str name, Value *out, Diags *diags);
/* Finds run.NAME; `missing` is the summary of the error if the run has not been executed. */
MUST_USE bool suite_values_find_run(
    SuiteValues *self, const Traversal *traversal, const char *missing, Value *out, Diags *diags);
