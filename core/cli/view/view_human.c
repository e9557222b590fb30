/* The view for people. */
#include "view.h"
#include "view_diag.h"
#include "view_outputs.h"
#include "view_progress.h"
#include "view_test.h"

static const Hooks *walk_begin(View *view) {
    ProgressView *progress = view_progress_open(view);
    view->self = progress;
    view->done = (PlanCounts){0};
    return view_progress_hooks(progress);
}

static void walk_end(View *view) {
    view_progress_close(view->self);
    view->self = NULL;
}

static void note(View *view, Str text) {
    (void)view;
    terminal_print("%.*s\n", STR_ARG(text));
}

static void step(View *view, const char *code, Str text, bool for_people) {
    (void)code;
    if (for_people)
        note(view, text);
}

static void show_plan(View *view, const Plan *plan) {
    bool is_partial = plan->errored;
    if (is_partial && plan->changes.count == 0)
        return;
    SCOPED(ArenaRef) scratch = arena_open("plan text");
    if (is_partial)
        terminal_out(STR("\nPlanning failed. loam met an error while it made this plan:\n"));
    render_text_plan_in_pieces(plan, terminal_style(&view->cli->terminal), terminal_out, scratch);
}

static void saved_plan(View *view, const Plan *plan) {
    (void)view;
    (void)plan;
}

static void plan_hint(View *view, Str path) {
    if (view->cli->in_automation)
        return;
    if (path.ptr) {
        terminal_print("\nSaved the plan to: %.*s\n\nTo perform exactly these actions, run:\n"
                       "    loam apply \"%.*s\"\n",
                       STR_ARG(path), STR_ARG(path));
        return;
    }
    terminal_print("\nNote: You did not use the -out option to save this plan, so loam can't "
                   "guarantee to take\nexactly these actions if you run \"loam apply\" now.\n");
}

static void applied(View *view, const State *state) {
    PlanCounts counts = view->done;
    const char *green = view->cli->terminal.color ? "\033[1;32m" : "";
    const char *reset = view->cli->terminal.color ? "\033[0m" : "";
    if (view->is_destroy) {
        terminal_print("\n%sDestroy complete! Resources: %u destroyed.%s\n", green, counts.delete,
                       reset);
        return;
    }
    SCOPED(ArenaRef) scratch = arena_open("summary");
    terminal_print("\n%sApply complete! Resources: %.*s.%s\n", green,
                   STR_ARG(view_summary(counts, scratch)), reset);
    if (state->outputs.count == 0)
        return;
    terminal_print("\n%sOutputs:%s\n\n", green, reset);
    view_outputs_show(view->cli, state);
}

static void cancelled(View *view, PlanMode mode) {
    (void)view;
    terminal_print("%s cancelled.\n", mode == PLAN_DESTROY ? "Destroy" : "Apply");
}

static void valid(View *view) {
    bool color = view->cli->terminal.color;
    terminal_print("%sSuccess!%s The configuration is valid.\n", color ? "\033[32m" : "",
                   color ? "\033[0m" : "");
}

static void show_diag(View *view, const Diag *diag) {
    view_diag_show_one(view->cli, diag);
}

static void finish(View *view, const Diags *diags) {
    (void)view;
    (void)diags;
}

static const ViewType human = {
    .walk_begin = walk_begin,
    .walk_end = walk_end,
    .note = note,
    .step = step,
    .plan = show_plan,
    .saved_plan = saved_plan,
    .plan_hint = plan_hint,
    .applied = applied,
    .cancelled = cancelled,
    .valid = valid,
    .diag = show_diag,
    .finish = finish,
    .tests = view_test_human,
    .can_ask = true,
    .groups = true,
};

View *view_human_open(Cli *cli) {
    View *view = arena_new(cli->arena, View);
    *view = (View){.type = &human, .cli = cli};
    return view;
}
