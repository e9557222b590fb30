/* report_outcome: the outcome of planned changes in a run. */
#pragma once

#include "timeline.h"

/* Address and deposed key → operations; empty without a timeline. Lives in `arena`. */
typedef struct ReportOutcomes {
    const Timeline *timeline; /* NULL: no apply, so no outcome is reported */
    Map found;
    Arena *arena;
} ReportOutcomes;

/* The outcome of one change, or of several with equal text. */
typedef struct ReportOutcome {
    size_t done;
    size_t failed;
    size_t cut; /* started, but not finished */
    size_t not_begun;
    int64_t took_ms; /* the longest */
} ReportOutcome;

ReportOutcomes report_outcome_collect(const Timeline *timeline, Arena *arena);
/* False: no outcome to report. Forgotten and moved objects have no operation. */
bool report_outcome_find(const ReportOutcomes *outcomes, const ResourceChange *const *changes,
                         size_t count, ReportOutcome *out);
bool report_outcome_is_good(const ReportOutcome *outcome);
/* "done after 1.2 s"; "2 done, 1 failed, each within 3.0 s". */
Str report_outcome_text(const ReportOutcome *outcome, Arena *arena);
/* Returns whether a run performs an operation for this action. */
bool report_outcome_is_operation(Action action);
/* Effects of a change beyond its attributes, each once: "restarts the machine". */
StrVec report_outcome_facts(const ResourceChange *change, Arena *arena);
