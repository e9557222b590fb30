/* config_test_block: the blocks of test files, and who decodes them. A block type is a row of the
 * table in config_test_load.c. */
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
/* Is this the type of an override block? */
bool config_test_override_is(Str type);
MUST_USE bool config_test_override_decode(TestLoading *loading,
                                          const BodyBlock *block,
                                          bool during_plan,
                                          TestOverrides *out);
/* Arguments of a `variables` block. */
MUST_USE bool config_test_variables_decode(TestLoading *loading,
                                           const BodyBlock *block,
                                           TestVariables *out);
/* A block of which there is one alone, met again. */
void config_test_refuse_second(TestLoading *loading,
                               const BodyBlock *block,
                               const BodyBlock *first);
