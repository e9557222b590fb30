/* report_text: the summary counts a run by its timeline, a plan by its changes. */
#include "report_text.h"

/* "7 operations done, 1 failed." */
static Str run_summary(const Timeline *timeline, Arena *arena) {
    size_t done = 0, failed = 0;
    vec_each(&timeline->rows, row) {
        if (row->kind != TIMELINE_APPLY)
            continue;
        failed += row->failed || row->is_open;
        done += !row->failed && !row->is_open;
    }
    return str_format(arena, "%zu operation%s completed, %zu failed.", done, done == 1 ? "" : "s",
                      failed);
}

/* "2 objects have drifted: 1 changed, 1 deleted." */
static Str drift_summary(const Plan *plan, Arena *arena) {
    size_t deleted = 0, all = plan->drift.count;
    vec_each(&plan->drift, drift) {
        deleted += drift->action == ACTION_DELETE;
    }
    if (all == 0)
        return STR("No drift.");
    return str_format(arena, "%zu object%s drifted: %zu changed, %zu deleted.", all,
                      all == 1 ? " has" : "s have", all - deleted, deleted);
}

Str report_text_summary(const ReportInput *input, Arena *arena) {
    if (!input->plan)
        return STR("There is no plan, because of errors before planning.");
    if (input->plan->errored)
        return STR("Planning failed before it was complete.");
    if (input->plan->only_reports)
        return drift_summary(input->plan, arena);
    if (!plan_is_applyable(input->plan))
        return plan_has_deferrals(input->plan) ? STR("No changes now; the rest is deferred.")
                                               : STR("No changes.");
    Str planned = plan_summary(input->plan, arena);
    if (plan_has_deferrals(input->plan))
        planned = str_concat(planned, STR("; the rest is deferred"), arena);
    if (!input->timeline)
        return str_format(arena, "%.*s.", STR_ARG(planned));
    return str_format(arena, "%.*s Planned: %.*s.", STR_ARG(run_summary(input->timeline, arena)),
                      STR_ARG(planned));
}

Str report_text_place(SourceRange range, Arena *arena) {
    if (!range.source)
        return STR_EMPTY;
    SourceRange outer = source_range_resolve(range);
    SourcePos start = source_text_position(outer.source, outer.start);
    return str_format(arena, "%.*s:%u", STR_ARG(outer.source->path), start.line);
}
