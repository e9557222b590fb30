/* Executes the files of a suite, one after the other, and destroys the objects of their runs. */
#include "suite_execute.h"
#include "suite_check.h"
#include "suite_run.h"
#include "suite_state.h"

typedef VEC(SuiteState *) SuiteStates;

static bool holds_objects(const State *state) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        if (resource->address.mode == MODE_MANAGED)
            return true;
    }
    return false;
}

/* The latest first: its objects may depend on earlier ones. */
static void sort_states(const SuiteContext *context, SuiteStates *out) {
    for (size_t i = context->file->runs.count; i-- > 0;) {
        map_each(&context->states, entry) {
            SuiteState *state = entry->value;
            if (state->last == &context->file->runs.items[i])
                vec_push(context->arena, out, state);
        }
    }
}

static bool destroy(SuiteContext *context, SuiteState *state, Diags *diags) {
    Arena *arena = context->arena;
    Engine engine = *state->engine;
    PlanOptions options = {.mode = PLAN_DESTROY, .variables = state->variables};
    PlanResult planned = {0};
    if (!engine_plan(&engine, &options, state->state, &planned, arena, diags))
        return false;
    WorkingState *working =
        working_state_open(planned.refreshed, suite_state_backend(arena), NULL, engine.io, arena);
    bool ok = engine_apply(&engine, &options, planned.plan, working, arena, diags);
    state->state = working_state_close(working);
    return ok;
}

static void clean(SuiteContext *context, SuiteState *state) {
    const SuiteEvents *events = context->request->events;
    SuiteFile *file = context->file;
    Diags found = diags_new(context->arena);
    if (state->state->resources.count == 0)
        return;
    events->run(events->self, file, state->last, SUITE_TEARDOWN);
    bool ok = destroy(context, state, &found);
    diags_append(&file->diags, &found);
    if (!ok)
        file->status = SUITE_ERROR;
    if (!ok || holds_objects(state->state))
        events->left(events->self, file, state->last, state->state);
}

/* Returns the plan whose apply was interrupted; NULL if none. */
static const Plan *find_interrupted(const SuiteContext *context) {
    vec_each(&context->file->runs, run) {
        if (run->is_interrupted && run->status == SUITE_ERROR && !run->config->is_plan)
            return run->plan;
    }
    return NULL;
}

static void give_up(SuiteContext *context, const SuiteStates *states) {
    const SuiteEvents *events = context->request->events;
    SuiteLeftovers left = {0};
    vec_each(states, state) {
        SuiteLeftover leftover = {(*state)->last, (*state)->state};
        if (holds_objects((*state)->state))
            vec_push(context->arena, &left, leftover);
    }
    events->interrupt(events->self, context->file, &left, find_interrupted(context));
}

static void clean_up(SuiteContext *context) {
    SuiteStates states = {0};
    sort_states(context, &states);
    if (cancel_level(context->request->engine->cancel) != CANCEL_NONE) {
        give_up(context, &states);
        return;
    }
    vec_each(&states, state) {
        clean(context, *state);
    }
}

static bool is_stopped(const SuiteContext *context) {
    return cancel_level(context->request->stop) != CANCEL_NONE;
}

static void execute_run(SuiteContext *context, SuiteRun *run) {
    const SuiteEvents *events = context->request->events;
    SuiteFile *file = context->file;
    if (is_stopped(context) || file->status == SUITE_ERROR) {
        run->status = SUITE_SKIP;
    } else {
        const Clock *clock = context->request->engine->io->clock;
        int64_t start = clock->monotonic_ms(clock->self);
        run->started_ms = clock->now_ms(clock->self);
        events->run(events->self, file, run, SUITE_STARTING);
        suite_run_execute(context, run);
        run->is_interrupted = cancel_level(context->request->engine->cancel) != CANCEL_NONE;
        run->elapsed_ms = clock->monotonic_ms(clock->self) - start;
    }
    if (run->status > file->status)
        file->status = run->status;
    events->run(events->self, file, run, SUITE_COMPLETE);
}

static void execute_file(const SuiteRequest *request, SuiteFile *file, Arena *arena) {
    const SuiteEvents *events = request->events;
    SuiteContext context = {
        .request = request,
        .file = file,
        .states = map_new(arena),
        .outputs = map_new(arena),
        .variables = map_new(arena),
        .arena = arena,
    };
    file->status = is_stopped(&context) ? SUITE_SKIP : SUITE_PASS;
    suite_check_file(request->engine->config, file->config, &file->diags);
    events->file(events->self, file, SUITE_STARTING);
    vec_each(&file->runs, run) {
        execute_run(&context, run);
    }
    events->file(events->self, file, SUITE_TEARDOWN);
    clean_up(&context);
    events->file(events->self, file, SUITE_COMPLETE);
}

static bool is_wanted(const SuiteRequest *request, const TestFile *file) {
    const StrVec *filters = request->filters;
    return filters->count == 0 || str_is_among(file->path, filters->items, filters->count);
}

static void add_file(Suite *suite, const TestFile *config, Arena *arena) {
    SuiteFile *file = vec_add(arena, &suite->files);
    file->config = config;
    file->diags = diags_new(arena);
    vec_each(&config->runs, run) {
        SuiteRun *added = vec_add(arena, &file->runs);
        added->config = *run;
        added->diags = diags_new(arena);
    }
}

static void count(Suite *suite, const SuiteFile *file) {
    vec_each(&file->runs, run) {
        suite->counts[run->status]++;
    }
    if (file->status > suite->status)
        suite->status = file->status;
}

void suite_execute(const SuiteRequest *request, Suite *out, Arena *arena) {
    const SuiteEvents *events = request->events;
    const struct TestFiles *tests = request->engine->config->tests;
    *out = (Suite){0};
    vec_each(&tests->files, file) {
        if (is_wanted(request, *file))
            add_file(out, *file, arena);
    }
    events->begin(events->self, out);
    vec_each(&out->files, file) {
        execute_file(request, file, arena);
        count(out, file);
    }
    if (out->status == SUITE_PENDING)
        out->status = SUITE_PASS;
    out->is_interrupted = cancel_level(request->stop) != CANCEL_NONE;
    events->end(events->self, out);
}
