/* checks: results of conditions.
 *
 * The task that evaluates conditions writes a result for each. A slot has the results of a
 * variable, an output or a check; an instance record has those of a resource. They have one writer
 * each. */
#pragma once

#include "diag.h"

/* From best to worst; the worst of several is that of all. */
typedef enum CheckStatus { CHECK_PASS, CHECK_UNKNOWN, CHECK_FAIL, CHECK_ERROR } CheckStatus;

typedef struct CheckResult {
    CheckStatus status;
    Str message; /* of a failure; empty: none, or not to be shown */
} CheckResult;

typedef struct CheckResults {
    CheckResult *items;
    size_t count;
} CheckResults;

/* Returns `count` unknown results; NULL if `count` is 0. */
CheckResults *checks_new(size_t count, Arena *arena);
/* Adds errors as warnings; if `checked` is not empty, as results of the check of that address. */
void checks_warn(Diags *diags, const Diags *errors, Str checked);
