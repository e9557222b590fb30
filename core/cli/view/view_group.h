/* view_group: diagnostics that say the same of several places, as one each for people. */
#pragma once

#include "diag.h"

/* What -compact-warnings, -consolidate-… and -deprecation ask for. */
typedef struct ViewGrouping {
    bool compacts_warnings;     /* to their summaries, while there are no errors */
    bool consolidates_warnings; /* those of one summary */
    bool consolidates_errors;
    bool hides_deprecations;
    bool hides_remote_deprecations; /* by modules that came from elsewhere */
} ViewGrouping;

typedef struct ViewGroup {
    Diag diag;   /* its detail says how many more there are */
    size_t more; /* like it */
} ViewGroup;

typedef VEC(ViewGroup) ViewGroups;

/* Does another of them, before, say the same of the same place? */
bool view_group_is_repeated(const Diags *diags, size_t i);
/* Those from index `from` on, in order, each where its first one stood; what repeats another
 * diagnostic of `diags` wholly is left out. */
void view_group_collect(
    const Diags *diags, size_t from, const ViewGrouping *grouping, ViewGroups *out, Arena *arena);
/* The warnings among them as a list of summaries. */
Str view_group_summaries(const ViewGroups *groups, Str program, Arena *arena);
