/* config_load: loads the configuration of a root module with its child modules and test files.
 *
 * Collects the diagnostics of all files. If it returns false, *out may still be partly usable
 * for further checks; it is NULL if the module manifest or lock file cannot be read. */
#pragma once

#include "config.h"
#include "config_request.h"

MUST_USE bool config_load(const ConfigRequest *request, Config **out, Arena *arena, Diags *diags);
