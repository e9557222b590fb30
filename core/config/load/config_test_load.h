/* config_test_load: loads the test files of a configuration. A block type is a row of the table
 * in config_test_load.c. */
#pragma once

#include "config_block.h"

/* Loads the test files of the configuration into config->tests. Call it after the root module is
 * loaded. */
MUST_USE bool config_test_load(ConfigLoading *loading);
