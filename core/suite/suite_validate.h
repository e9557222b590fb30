/* suite_validate: checks test files without running them: modules of runs, overrides and
 * expect_failures references. The caller validates the configuration under test. */
#pragma once

#include "engine.h"

MUST_USE bool suite_validate(const Engine *engine, Arena *arena, Diags *diags);
