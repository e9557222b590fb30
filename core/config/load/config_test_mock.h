/* config_test_mock: decodes mock providers and overrides in test files. */
#pragma once

#include "config_block.h"
#include "config_test.h"

typedef struct TestLoading {
    ConfigLoading *loading;
    TestFile *file;
    Arena *arena;
    Diags *diags;
} TestLoading;

MUST_USE bool config_test_mock_decode(TestLoading *loading, const BodyBlock *block);
/* Adds an override block to `out`. `during_plan` is the default of override_during. Returns true
 * and does nothing if the block has another type. */
MUST_USE bool config_test_override_decode(TestLoading *loading, const BodyBlock *block,
                                          bool during_plan, TestOverrides *out);
