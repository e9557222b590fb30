/* suite_run: executes one run: validates and plans its module, perhaps applies it, evaluates its
 * assertions, and compares its failures with expect_failures. */
#pragma once

#include "suite_context.h"

/* Executes one run, from validation to assertions; sets its status and diagnostics. */
void suite_run_execute(SuiteContext *context, SuiteRun *run);
/* Sets engine and variables of `state` to those of a run that was not executed. Adds errors only.
 */
MUST_USE bool suite_run_bind(SuiteContext *context, SuiteRun *run, SuiteState *state, Diags *diags);
