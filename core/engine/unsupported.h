/* refusal: rejects features that validation accepts but planning and applying do not implement.
 * Each such block is an error. When a feature is implemented, remove its row from the table in
 * refusal.c. */
#pragma once

#include "config.h"

/* Checks all modules. Returns false if an error was added. */
MUST_USE bool unsupported_check(const Config *config, Diags *diags);
