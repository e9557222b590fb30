/* view_group: merges similar diagnostics into one, for people. */
#pragma once

#include "diag.h"

/* The options -compact-warnings, -consolidate-warnings, -consolidate-errors and -deprecation. */
typedef struct ViewGrouping {
    bool compacts_warnings;     /* prints summaries only, unless there are errors */
    bool consolidates_warnings; /* merges warnings of the same summary */
    bool consolidates_errors;
    bool hides_deprecations;
    bool hides_remote_deprecations; /* deprecations by modules from remote sources */
} ViewGrouping;

typedef struct ViewGroup {
    Diag diag;   /* its detail ends with the number of merged diagnostics */
    size_t more; /* number of diagnostics merged into `diag` */
} ViewGroup;

typedef VEC(ViewGroup) ViewGroups;

/* Returns true if an earlier diagnostic has the same severity, text, address and place. */
bool view_group_is_repeated(const Diags *diags, size_t i);
/* Collects the diagnostics from index `from` on, in order. A group stands at the place of its first
 * member. Omits repetitions of earlier diagnostics in `diags`. */
void view_group_collect(
    const Diags *diags, size_t from, const ViewGrouping *grouping, ViewGroups *out, Arena *arena);
/* Returns the summaries of the warnings as a list, with a hint how `program` shows them in full;
 * empty if there are none. */
Str view_group_summaries(const ViewGroups *groups, Str program, Arena *arena);
