/* suite_values: values of variables for the runs of one file, and the names that expressions of the
 * file can see outside of assertions.
 *
 *   given    from outside: environment, variable files, flags; in the test folder its own files win
 *   file     the file's `variables`; they see what is given
 *   run      the run's `variables`; they see what is given, the file's, and outputs of earlier runs
 *
 * Later wins. A file's variable is evaluated when somebody wants it. One thread. */
#pragma once

#include "suite_context.h"

typedef struct SuiteValues SuiteValues;

SuiteValues *suite_values_new(SuiteContext *context);
/* For a run of this configuration: name → InputValue, of every variable that has one; those that
 * only the run knows are among them. */
MUST_USE bool suite_values_collect(
    SuiteValues *self, const Config *config, const SuiteRun *run, Map *out, Diags *diags);
/* What a provider block of the file sees. */
const Scope *suite_values_scope(SuiteValues *self, const Config *config);
/* var.x of the file or from outside; false: there is none, and nothing is said. */
bool suite_values_has(SuiteValues *self, const Config *config, Str name);
MUST_USE bool suite_values_find(
    SuiteValues *self, const Config *config, Str name, Value *out, Diags *diags);
/* run.NAME; `missing` is the summary where it has not been carried out. */
MUST_USE bool suite_values_find_run(
    SuiteValues *self, const Traversal *traversal, const char *missing, Value *out, Diags *diags);
