/* The names of statuses. */
#include "suite.h"

const char *suite_status_name(SuiteStatus status) {
    static const char *const names[] = {
        [SUITE_PENDING] = "pending", [SUITE_SKIP] = "skip",   [SUITE_PASS] = "pass",
        [SUITE_FAIL] = "fail",       [SUITE_ERROR] = "error",
    };
    static_assert(ARRAY_COUNT(names) == SUITE_ERROR + 1, "a name for every status");
    return names[status];
}
