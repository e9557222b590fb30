/* config_calls: the modules that a module calls, and those that a test runs. */
#pragma once

#include "config_block.h"

/* Finds and loads the child modules of the module just decoded; checks their inputs. */
MUST_USE bool config_calls_load(ConfigLoading *loading);
/* Finds the module that a run of a test is about, and loads it as a root of its own. */
MUST_USE bool config_calls_load_tested(ConfigLoading *loading,
                                       const ModuleWanted *wanted,
                                       Config **out);
