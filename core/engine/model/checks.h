/* Checks: what the conditions of a walk came to, and the record of it that plan and state keep.
 *
 * Who evaluates conditions fills in a result for each; the results of a variable, an output or a
 * check hang in its slot, those of a resource at its instances. They have one writer, as these. */
#pragma once

#include "diag.h"

/* From best to worst: the worst of many counts. */
typedef enum CheckStatus { CHECK_PASS, CHECK_UNKNOWN, CHECK_FAIL, CHECK_ERROR } CheckStatus;

typedef struct CheckResult {
    CheckStatus status;
    Str message; /* of a failure; empty: none that may be shown */
} CheckResult;

typedef struct CheckResults {
    CheckResult *items;
    size_t count;
} CheckResults;

struct EngineWalk;

/* All unknown; NULL for none. */
CheckResults *checks_new(size_t count, Arena *arena);
/* Errors join as warnings; where `checked` is not empty, as what is said of that check. */
void checks_warn(Diags *diags, const Diags *errors, Str checked);
/* The check_results of a state: whatever has conditions. Empty when nothing has. */
Str checks_to_json(const struct EngineWalk *walk, Arena *arena);
