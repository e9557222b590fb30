/* What all views share: which diagnostics are shown, once each. */
#include "view.h"

/* Several instances of a block may meet the same error. */
bool view_is_repeated(const Diags *diags, size_t i) {
    const Diag *diag = &diags->items[i];
    for (size_t j = i > 200 ? i - 200 : 0; j < i; j++) {
        const Diag *other = &diags->items[j];
        if (other->severity == diag->severity && str_equal(other->summary, diag->summary) &&
            str_equal(other->detail, diag->detail) && str_equal(other->address, diag->address) &&
            other->range.source == diag->range.source && other->range.start == diag->range.start) {
            return true;
        }
    }
    return false;
}

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

void view_show_diags(View *view, const Diags *diags) {
    for (; view->shown < diags->count; view->shown++) {
        if (!view_is_repeated(diags, view->shown))
            view->type->diag(view, &diags->items[view->shown]);
    }
}

void view_finish(View *view, const Diags *diags) {
    view_show_diags(view, diags);
    view->type->finish(view, diags);
}
