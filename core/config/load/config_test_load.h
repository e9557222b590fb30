/* config_test_load: loads the test files of a configuration. A block type is a row of the table
 * in config_test_load.c. */
#pragma once

#include "config_block.h"
#include "config_test.h"

/* Loads the test files of the configuration into config->tests. Call it after the root module is
 * loaded. */
MUST_USE bool config_test_load(ConfigLoading *loading);
/* The decoders of the blocks of loading->file. */
MUST_USE bool config_test_mock_decode(ConfigLoading *loading, const BodyBlock *block, void *);
/* Adds an override block to `out`. `during_plan` is the default of override_during. Returns true
 * and does nothing if the block has another type. */
MUST_USE bool config_test_override_decode(ConfigLoading *loading, const BodyBlock *block,
                                          bool during_plan, TestOverrides *out);
