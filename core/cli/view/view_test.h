/* view_test: reports tests, as text or as JSON events. */
#pragma once

#include "suite.h"
#include "view.h"

/* Returns the events for people: one line per run, followed by its diagnostics. */
const SuiteEvents *view_test_human(View *view, bool verbose);
/* Returns the events for Terraform's event stream. */
const SuiteEvents *view_test_json(View *view, bool verbose);
/* Returns "Failure! 3 passed, 1 failed, 2 skipped." */
Str view_test_summary(const Suite *suite, Arena *arena);
/* Return the documents that `show -json` would print for the plan or the state of a run. */
Str view_test_plan_document(const SuiteRun *run, Arena *scratch);
Str view_test_state_document(const SuiteRun *run, Arena *scratch);
/* Returns the word after the "..." of a finished file or run. For people, an error is a failure. */
const char *view_test_word(SuiteStatus status);
