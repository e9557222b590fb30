/* Functions of all views: count operations, and show each diagnostic once. */
#include "view.h"

void view_count(View *view, Action action) {
    switch (action) {
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
    case ACTION_FORGET_THEN_CREATE:
    case ACTION_CREATE: view->done.create++; break;
    case ACTION_UPDATE: view->done.update++; break;
    case ACTION_DELETE: view->done.delete ++; break;
    case ACTION_READ: view->done.read++; break;
    case ACTION_FORGET: view->done.forget++; break;
    case ACTION_NO_OP: break;
    }
}

Str view_summary(PlanCounts done, Arena *arena) {
    Str imported = done.import > 0 ? str_format(arena, "%u imported, ", done.import) : STR_EMPTY;
    return str_format(arena, "%.*s%u added, %u changed, %u destroyed", STR_ARG(imported),
                      done.create, done.update, done.delete);
}

static void show_summaries(View *view, const ViewGroups *groups, Arena *scratch) {
    Str text = view_group_summaries(groups, str_from_cstr(cli_name(view->cli)->name), scratch);
    if (text.len > 0)
        view->type->note(view, str_slice(text, 0, text.len - 1));
}

void view_show_diags(View *view, const Diags *diags) {
    if (view->type->diags) {
        view->type->diags(view, diags);
        return;
    }
    SCOPED(ArenaRef) scratch = arena_open("diagnostics");
    ViewGrouping grouping = view->grouping;
    ViewGroups groups = {0};
    if (!view->type->groups)
        grouping.compacts_warnings = grouping.consolidates_warnings = grouping.consolidates_errors =
            false;
    view_group_collect(diags, view->shown, &grouping, &groups, scratch);
    view->shown = diags->count;
    bool compacts = grouping.compacts_warnings && !diags_has_errors(diags);
    vec_each(&groups, group) {
        if (!compacts)
            view->type->diag(view, &group->diag);
    }
    if (compacts)
        show_summaries(view, &groups, scratch);
}

void view_finish(View *view, const Diags *diags) {
    view_show_diags(view, diags);
    view->type->finish(view, diags);
}
