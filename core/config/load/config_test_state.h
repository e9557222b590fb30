/* config_test_state: decodes what a run says about its state: which runs share it (`state_key`),
 * and whether it is kept after the file (`skip_cleanup`, a `backend` block). */
#pragma once

#include "config_test_mock.h"

/* Reads `skip_cleanup` of a `test` block, the default of all runs. */
MUST_USE bool config_test_state_decode_default(TestLoading *loading, const BodyContent *content);
/* Reads the arguments of a run, whose module is decoded, and checks them against the earlier runs
 * of the file. */
MUST_USE bool config_test_state_decode(TestLoading *loading, const BodyContent *content,
                                       TestRun *run);
