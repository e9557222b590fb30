/* Check results, and errors turned into warnings. */
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

void checks_warn(Diags *diags, const Diags *errors, Str checked) {
    for (size_t i = 0; i < errors->count; i++) {
        Diag warning = errors->items[i];
        warning.severity = DIAG_WARNING;
        if (checked.len > 0)
            warning.checked = checked;
        diags_add(diags, &warning);
    }
}
