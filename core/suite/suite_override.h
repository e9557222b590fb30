/* suite_override: reports overrides of unknown addresses. */
#pragma once

#include "config_test.h"

/* Adds a warning for each override whose target does not exist in the configuration. */
void suite_override_check(const Config *config, const TestOverrides *overrides, Diags *diags);
/* The same for the overrides and mock providers of a file. */
void suite_override_check_file(const Config *config, const TestFile *file, Diags *diags);
