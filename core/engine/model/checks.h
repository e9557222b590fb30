/* checks: results of conditions.
 *
 * The visit or task that evaluates conditions writes one result for each. A slot holds the results
 * of a variable, an output or a check. An instance record holds those of a resource. Each has one
 * writer. */
#pragma once

#include "diag.h"

/* From best to worst. The status of a group is its worst. */
typedef enum CheckStatus { CHECK_PASS, CHECK_UNKNOWN, CHECK_FAIL, CHECK_ERROR } CheckStatus;

typedef struct CheckResult {
    CheckStatus status;
    Str message; /* error message of a failure; empty: none, or not to be shown */
} CheckResult;

typedef struct CheckResults {
    CheckResult *items;
    size_t count;
} CheckResults;

/* Returns the name of a status, as plan JSON and state spell it. */
const char *check_status_name(CheckStatus status);
/* Returns `count` unknown results; NULL if `count` is 0. */
CheckResults *checks_new(size_t count, Arena *arena);
