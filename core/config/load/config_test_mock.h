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
/* Does nothing if the block is of another type than an override. */
MUST_USE bool config_test_override_decode(TestLoading *loading,
                                          const BodyBlock *block,
                                          bool during_plan,
                                          TestOverrides *out);
