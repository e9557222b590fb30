/* A view that forwards everything to two others. */
#include "suite.h"
#include "view.h"

typedef struct Tee {
    View *views[2]; /* the view for people comes first */
    const Hooks *listeners[2];
    Hooks hooks;
} Tee;

static void tee_on_event(void *self, const WalkEvent *event) {
    const Tee *tee = self;
    for (size_t i = 0; i < 2; i++)
        hooks_send(tee->listeners[i], event);
}

static const Hooks *tee_walk_begin(View *view) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->listeners[i] = tee->views[i]->type->walk_begin(tee->views[i]);
    return &tee->hooks;
}

/* Both views counted the same operations. */
static void tee_walk_end(View *view) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->walk_end(tee->views[i]);
    view->done = tee->views[0]->done;
}

static void tee_note(View *view, Str text) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->note(tee->views[i], text);
}

static void tee_step(View *view, const char *code, Str text, bool for_people) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->step(tee->views[i], code, text, for_people);
}

static void tee_plan(View *view, const Plan *plan) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++) {
        tee->views[i]->is_refresh = view->is_refresh;
        tee->views[i]->type->plan(tee->views[i], plan);
    }
}

static void tee_saved_plan(View *view, const Plan *plan) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->saved_plan(tee->views[i], plan);
}

static void tee_plan_hint(View *view, Str path, Str digest, Str generated) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->plan_hint(tee->views[i], path, digest, generated);
}

static void tee_applied(View *view, const State *state) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++) {
        tee->views[i]->done = view->done;
        tee->views[i]->is_destroy = view->is_destroy;
        tee->views[i]->type->applied(tee->views[i], state);
    }
}

static void tee_cancelled(View *view, PlanMode mode) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->cancelled(tee->views[i], mode);
}

static void tee_valid(View *view, const ValidReport *report) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->valid(tee->views[i], report);
}

static void tee_searched(View *view, const Listings *listings) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        tee->views[i]->type->searched(tee->views[i], listings);
}

typedef struct TeeTests {
    const SuiteEvents *heard[2];
    SuiteEvents events;
} TeeTests;

static void on_tests_begin(void *self, const Suite *suite) {
    TeeTests *tee = self;
    for (size_t i = 0; i < 2; i++)
        tee->heard[i]->begin(tee->heard[i]->self, suite);
}

static void on_test_file(void *self, const SuiteFile *file, SuiteProgress progress) {
    TeeTests *tee = self;
    for (size_t i = 0; i < 2; i++)
        tee->heard[i]->file(tee->heard[i]->self, file, progress);
}

static void on_test_run(void *self, const SuiteFile *file, const SuiteRun *run,
                        SuiteProgress progress) {
    TeeTests *tee = self;
    for (size_t i = 0; i < 2; i++)
        tee->heard[i]->run(tee->heard[i]->self, file, run, progress);
}

static void on_test_left(void *self, const SuiteFile *file, const SuiteRun *run, const State *state,
                         SuiteReason reason) {
    TeeTests *tee = self;
    for (size_t i = 0; i < 2; i++)
        tee->heard[i]->left(tee->heard[i]->self, file, run, state, reason);
}

static void on_tests_interrupt(void *self, const SuiteFile *file, const SuiteLeftovers *left,
                               const Plan *planned) {
    TeeTests *tee = self;
    for (size_t i = 0; i < 2; i++)
        tee->heard[i]->interrupt(tee->heard[i]->self, file, left, planned);
}

static void on_tests_end(void *self, const Suite *suite) {
    TeeTests *tee = self;
    for (size_t i = 0; i < 2; i++)
        tee->heard[i]->end(tee->heard[i]->self, suite);
}

static const SuiteEvents *tests(View *view, bool verbose) {
    const Tee *tee = view->self;
    TeeTests *out = arena_new(view->cli->arena, TeeTests);
    for (size_t i = 0; i < 2; i++)
        out->heard[i] = tee->views[i]->type->tests(tee->views[i], verbose);
    out->events = (SuiteEvents){
        .self = out,
        .begin = on_tests_begin,
        .file = on_test_file,
        .run = on_test_run,
        .left = on_test_left,
        .interrupt = on_tests_interrupt,
        .end = on_tests_end,
    };
    return &out->events;
}

static void tee_show_diags(View *view, const Diags *diags) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        view_show_diags(tee->views[i], diags);
}

static void tee_finish(View *view, const Diags *diags) {
    Tee *tee = view->self;
    for (size_t i = 0; i < 2; i++)
        view_finish(tee->views[i], diags);
}

static const ViewType both = {
    .walk_begin = tee_walk_begin,
    .walk_end = tee_walk_end,
    .note = tee_note,
    .step = tee_step,
    .plan = tee_plan,
    .saved_plan = tee_saved_plan,
    .plan_hint = tee_plan_hint,
    .applied = tee_applied,
    .cancelled = tee_cancelled,
    .valid = tee_valid,
    .searched = tee_searched,
    .tests = tests,
    .diags = tee_show_diags,
    .finish = tee_finish,
    .can_ask = true,
};

View *view_tee_open(View *human, View *json) {
    Tee *tee = arena_new(human->cli->arena, Tee);
    tee->views[0] = human;
    tee->views[1] = json;
    tee->hooks = (Hooks){tee, tee_on_event};
    return view_new(human->cli, &both, tee);
}
