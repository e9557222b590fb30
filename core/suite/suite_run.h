/* suite_run: executes one run: validates and plans its module, perhaps applies it, evaluates its
 * assertions, and compares its failures with expect_failures. */
#pragma once

#include "suite_context.h"

/* Executes one run, from validation to assertions; sets its status and diagnostics. */
void suite_run_execute(SuiteContext *context, SuiteRun *run);
/* Checks that every expect_failures reference names an object with conditions. */
MUST_USE bool suite_run_check_expected(const TestRun *run, Diags *diags);
