/* timeline: what ran when in a run, and what it waited for.
 *
 * A row is an operation on an object. Rows are added as they begin, then timeline_link finds, from
 * the dependencies of the plan's changes, which row each one waited for: of all it depends on, the
 * one that ended last. What could have begun then, and did not, waited for its turn (parallelism,
 * limits): for whatever ended last before it began. */
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
    bool is_open;      /* it has not ended: the run was cut */
    size_t waited_for; /* after linking: a row, or TIMELINE_NONE */
    size_t waits;      /* how many blocks it had to wait for */
    size_t turn_after; /* after linking: the row whose end gave it its turn, or TIMELINE_NONE */
    bool is_critical;
} TimelineRow;

typedef struct Timeline {
    VEC(TimelineRow) rows;
    int64_t began_ms; /* Unix time */
    int64_t length_ms;
    VEC(size_t) critical; /* rows, in order of time */
} Timeline;

/* What each row waited for, and the critical path: from the row that ended last, backwards. */
void timeline_link(Timeline *timeline, const Plan *plan, Arena *arena);
/* How many ran at once, on average. */
double timeline_parallelism(const Timeline *timeline);
/* Rows into as few lanes as there are rows at once; the number of lanes. A provisioner's row is in
 * that of its object. */
size_t timeline_lanes(const Timeline *timeline, size_t *lane_of, Arena *scratch);
