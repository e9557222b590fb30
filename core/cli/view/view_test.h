/* view_test: how tests are told. */
#pragma once

#include "suite.h"
#include "view.h"

/* For people: a line a run, what went wrong below it. */
const SuiteEvents *view_test_human(View *view, bool verbose);
/* Events that Terraform's users know. */
const SuiteEvents *view_test_json(View *view, bool verbose);
/* "Failure! 3 passed, 1 failed, 2 skipped." */
Str view_test_summary(const Suite *suite, Arena *arena);
/* Documents that `show -json` would print of what a run came to. */
Str view_test_plan_document(const SuiteRun *run, Arena *scratch);
Str view_test_state_document(const SuiteRun *run, Arena *scratch);
/* What stands behind "..." of a file or a run that is done: an error is a failure for people. */
const char *view_test_word(SuiteStatus status);
