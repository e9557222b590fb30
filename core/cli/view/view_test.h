/* view_test: reports tests, as text or as JSON events. */
#pragma once

#include "suite.h"
#include "view.h"

/* Returns the events for Terraform's event stream. */
const SuiteEvents *view_test_json(View *view, bool verbose);
/* Returns "Failure! 3 passed, 1 failed, 2 skipped."; of a cleanup, only the first word. */
Str view_test_summary(const Suite *suite, Arena *arena);
/* Returns what became of the objects that the cleanup of a run left. */
Str view_test_left(const SuiteFile *file, const SuiteRun *run, SuiteReason reason, Arena *arena);
/* Returns the word after the "..." of a finished file or run. For people, an error is a failure. */
const char *view_test_word(SuiteStatus status);
/* Returns true if the interrupted change may have created an object. */
bool view_test_creates(const ResourceChange *change);

/* Writes a JUnit XML document: one test suite per file and one test case per run. Diagnostics are
 * text without colours. */
void junit_write(const Suite *suite, StrBuf *out, Arena *scratch);
