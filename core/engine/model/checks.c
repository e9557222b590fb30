/* Allocates check results. */
#include "checks.h"

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
