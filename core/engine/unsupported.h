/* unsupported: rejects features that validation accepts but planning and applying do not implement.
 * Each use is an error. When a feature is implemented, remove its row from the table in
 * unsupported.c. */
#pragma once

#include "config.h"

/* Checks all modules. Returns false if an error was added. */
MUST_USE bool unsupported_check(const Config *config, Diags *diags);
