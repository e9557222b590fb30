/* suite_check: checks a test file against the configuration under test. */
#pragma once

#include "engine.h"

/* Adds a warning for each override whose target does not exist in the configuration. */
void suite_check_overrides(const Config *config, const TestOverrides *overrides, Diags *diags);
/* Checks the overrides and the mock providers of a file in the same way. */
void suite_check_file(const Config *config, const TestFile *file, Diags *diags);
/* Checks that every expect_failures reference names a kind of object that can have conditions. */
MUST_USE bool suite_check_expected(const TestRun *run, Diags *diags);
/* Checks test files without running them: modules of runs, overrides and expect_failures. The
 * caller validates the configuration under test. */
MUST_USE bool suite_validate(const Engine *engine, Arena *arena, Diags *diags);
