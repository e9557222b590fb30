/* timeline: the operations of a run with their times and waits.
 *
 * A row is an operation on an object. Rows are added as operations start. Then timeline_link finds,
 * from the dependencies of the plan's changes, the row that each one waited for: the last of its
 * dependencies to end (of a deletion: of its dependents). A row that could have started then, but
 * did not, waited for a free slot (parallelism, limits): for the row that ended last before it
 * started. */
#pragma once

#include "plan.h"

typedef enum TimelineKind { TIMELINE_READ, TIMELINE_APPLY, TIMELINE_PROVISION } TimelineKind;

#define TIMELINE_NONE SIZE_MAX

typedef struct TimelineRow {
    TimelineKind kind;
    Str address;
    Str block; /* configuration address */
    Str deposed;
    Str what; /* a provisioner's type; else empty */
    Action action;
    int64_t start_ms; /* since the run began */
    int64_t end_ms;
    bool failed;
    bool is_open;      /* no end: the run was interrupted */
    size_t waited_for; /* after linking: a row, or TIMELINE_NONE */
    size_t waits;      /* number of blocks that it waited for */
    size_t turn_after; /* after linking: the row whose end freed a slot for it, or TIMELINE_NONE */
    bool is_critical;
} TimelineRow;

typedef struct Timeline {
    VEC(TimelineRow) rows;
    int64_t began_ms; /* Unix time */
    int64_t length_ms;
    VEC(size_t) critical; /* rows, in order of time */
} Timeline;

/* Finds the waits of each row, and the critical path backwards from the row that ended last. */
void timeline_link(Timeline *timeline, const Plan *plan, Arena *arena);
