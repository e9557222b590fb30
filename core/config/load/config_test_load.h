/* config_test_load: the test files of a configuration. A block type is a row of the table in
 * config_test_load.c. */
#pragma once

#include "config_block.h"

/* The tests of the configuration just loaded, into config->tests. */
MUST_USE bool config_test_load(ConfigLoading *loading);
