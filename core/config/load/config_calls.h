/* config_calls: loads the modules that a module calls, and the modules that test runs load. */
#pragma once

#include "config_block.h"

/* Loads the child modules of loading->module, which has been decoded, and checks their
 * arguments. */
MUST_USE bool config_calls_load(ConfigLoading *loading);
/* Loads the module of a test run as a root module with a separate Config. */
MUST_USE bool config_calls_load_tested(ConfigLoading *loading, const ModuleWanted *wanted,
                                       Config **out);
