/* report_checks: the results of a plan's conditions, one object at a time. */
#pragma once

#include "plan.h"

typedef enum ReportCheckStatus {
    REPORT_CHECK_PASS,
    REPORT_CHECK_FAIL,
    REPORT_CHECK_ERROR,
    REPORT_CHECK_UNKNOWN,
} ReportCheckStatus;

typedef struct ReportCheck {
    Str kind;    /* "resource", "output", "check", "var" */
    Str block;   /* configuration address */
    Str address; /* of the object */
    Str message; /* of all failures, one a line */
    ReportCheckStatus status;
} ReportCheck;

/* Calls `visit` for each object that has results, in the order of plan->checks. The texts live in
 * `scratch`. */
void report_checks_each(const Plan *plan, void (*visit)(const ReportCheck *check, void *payload),
                        void *payload, Arena *scratch);
