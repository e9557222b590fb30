/* config_test_block: decoders of the blocks in test files. A block type is a row of the table in
 * config_test_load.c. */
#pragma once

#include "config_block.h"
#include "config_test.h"

typedef struct TestLoading {
    ConfigLoading *loading;
    TestFile *file;
    Arena *arena;
    Diags *diags;
} TestLoading;

MUST_USE bool config_test_run_decode(TestLoading *loading, const BodyBlock *block);
MUST_USE bool config_test_mock_decode(TestLoading *loading, const BodyBlock *block);
/* Does nothing if the block is of another type than an override. */
MUST_USE bool config_test_override_decode(TestLoading *loading,
                                          const BodyBlock *block,
                                          bool during_plan,
                                          TestOverrides *out);
/* Reads the arguments of a `variables` block. */
MUST_USE bool config_test_variables_decode(TestLoading *loading,
                                           const BodyBlock *block,
                                           TestVariables *out);
/* Reports a repeated block of a type that may occur once. */
void config_test_refuse_second(TestLoading *loading,
                               const BodyBlock *block,
                               const BodyBlock *first);
