/* Allocates check results. */
#include "checks.h"

const char *check_status_name(CheckStatus status) {
    static const char *const names[] = {
        [CHECK_PASS] = "pass",
        [CHECK_UNKNOWN] = "unknown",
        [CHECK_FAIL] = "fail",
        [CHECK_ERROR] = "error",
    };
    static_assert(ARRAY_COUNT(names) == CHECK_ERROR + 1, "a name for every status");
    return names[status];
}

CheckResults *checks_new(size_t count, Arena *arena) {
    if (count == 0)
        return NULL;
    CheckResults *results = arena_new(arena, CheckResults);
    results->items = arena_new_array(arena, CheckResult, count);
    results->count = count;
    for (size_t i = 0; i < count; i++)
        results->items[i].status = CHECK_UNKNOWN;
    return results;
}
