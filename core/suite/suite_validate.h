/* suite_validate: checks test files without running them: modules, overrides and expect_failures
 * references. */
#pragma once

#include "engine.h"

MUST_USE bool suite_validate(const Engine *engine, Arena *arena, Diags *diags);
