/* suite_execute: runs the test files of a configuration. Each run plans or applies for real. Its
 * objects are destroyed at the end of the file, the latest first. A cleanup does only that, with
 * the states that earlier tests left.
 *
 *   file    its runs one after the other; after an error the rest is skipped
 *   run     validate, plan, perhaps apply; then its assertions
 *   state   one for each `state_key`, else one for each module under test
 *
 * One thread; the engine has its own. All results live in `arena`. */
#pragma once

#include "suite_context.h"

/* Runs the suite. The diagnostics are in the files and runs of `*out`. */
void suite_execute(const SuiteRequest *request, Suite *out, Arena *arena);
