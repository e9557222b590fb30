/* Executes the files of a suite, one after the other. At the end of a file, destroys or restores
 * its states with the engines of their runs. */
#include "suite_check.h"
#include "suite_context.h"
#include "suite_state.h"

/* The end of a file. */

typedef VEC(SuiteState *) SuiteStates;

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

static bool cleanup_apply(SuiteContext *context, SuiteState *state, const PlanOptions *options,
                          const PlanResult *planned, Diags *diags) {
    WorkingState *working;
    if (!suite_state_begin(context, state, state->target, planned, &working, diags))
        return false;
    bool ok = engine_apply(state->engine, options, planned->plan, working, context->arena, diags);
    suite_state_end(state, working);
    return ok;
}

/* The outputs stay as the last run has made them: the cleanup of another state may need them. */
static void keep_outputs(const SuiteState *state, const PlanResult *planned, Arena *arena) {
    Map outputs = map_new(arena);
    map_each(&state->state->outputs, entry) {
        map_set(&outputs, entry->key, entry->value);
    }
    planned->refreshed->outputs = outputs;
    planned->plan->outputs.count = 0;
}

static bool cleanup_change(SuiteContext *context, SuiteState *state, Diags *diags) {
    if (!suite_state_prepare(context, state, NULL, diags) ||
        (!state->engine && !suite_run_bind(context, state->target, state, diags)))
        return false;
    PlanOptions options = {
        .mode = state->restores ? PLAN_NORMAL : PLAN_DESTROY,
        .variables = state->variables,
        .ignores_prevent_destroy = true,
        .allows_deferral = context->request->allows_deferral,
    };
    PlanResult planned = {0};
    if (!engine_plan(state->engine, &options, state->state, &planned, context->arena, diags))
        return false;
    if (!state->restores && plan_has_deferrals(planned.plan))
        diags_warning(diags, NO_RANGE, "Incomplete destroy plan",
                      "A provider deferred deletions, so some objects are left.");
    if (!state->restores)
        keep_outputs(state, &planned, context->arena);
    return cleanup_apply(context, state, &options, &planned, diags);
}

/* The run has reported the warnings of its configuration. */
static void cleanup_add_found(const SuiteState *state, const Diags *found, Diags *out) {
    for (size_t i = 0; i < found->count; i++) {
        if (!state->restores || found->items[i].severity == DIAG_ERROR)
            diags_add(out, &found->items[i]);
    }
}

/* Errors about calls without a known outcome name commands that change the state of the root
 * module. */
static void explain_pending(SuiteContext *context, const SuiteState *state) {
    if (state->backend || !state_has_pending(state->state))
        return;
    Arena *arena = context->arena;
    Str name = suite_manifest_file_name(state->entry.id, arena);
    Str path = disk_join(context->request->storage->directory, name, arena);
    diags_warning(&context->file->diags, NO_RANGE, "Unfinished operations in the state of a test",
                  "To correct the state of \"%.*s\" with \"loam state rm\" or \"loam import\", add "
                  "-state=%.*s.",
                  STR_ARG(state->target->config->name), STR_ARG(path));
}

/* Returns whether the state has managed objects, or calls whose outcome is not known. */
static bool cleanup_has_objects(const SuiteState *state) {
    map_each(&state->state->resources, entry) {
        const StateResource *resource = entry->value;
        if (resource->address.mode == MODE_MANAGED)
            return true;
    }
    return state->store && state->store->is_in_doubt;
}

static SuiteReason cleanup_reason_of(const SuiteState *state, bool ok) {
    if (!ok)
        return SUITE_REASON_ERROR;
    if (state->restores)
        return state->backend ? SUITE_REASON_NONE : SUITE_REASON_SKIP;
    return cleanup_has_objects(state) ? SUITE_REASON_ERROR : SUITE_REASON_NONE;
}

/* -repair leaves alone what skip_cleanup keeps. */
static bool is_exempt(const SuiteContext *context, const SuiteState *state) {
    return context->request->mode == SUITE_REPAIR && state->restores &&
           state->entry.reason != SUITE_REASON_ERROR;
}

static void cleanup_report_left(const SuiteContext *context, const SuiteState *state, bool ok) {
    const SuiteEvents *events = context->request->events;
    bool is_wanted = ok && state->restores;
    if (!ok || cleanup_has_objects(state))
        events->left(events->self, context->file, state->target, state->state,
                     is_wanted ? SUITE_REASON_SKIP : SUITE_REASON_ERROR);
}

static void cleanup_clean(SuiteContext *context, SuiteState *state) {
    const SuiteEvents *events = context->request->events;
    SuiteFile *file = context->file;
    Diags found = diags_new(context->arena);
    bool is_in_doubt = state->store && state->store->is_in_doubt;
    bool is_empty = state->state->resources.count == 0 && !is_in_doubt;
    if (state->is_unread || is_empty || (state->restores && !cleanup_has_objects(state)))
        return;
    events->run(events->self, file, state->target, SUITE_TEARDOWN);
    bool ok = is_exempt(context, state) || cleanup_change(context, state, &found);
    cleanup_add_found(state, &found, &file->diags);
    state->reason = cleanup_reason_of(state, ok);
    if (state->reason == SUITE_REASON_ERROR)
        file->status = SUITE_ERROR;
    if (!ok)
        explain_pending(context, state);
    cleanup_report_left(context, state, ok);
}

/* Returns the plan whose apply was interrupted; NULL if none. */
static const Plan *find_interrupted(const SuiteContext *context) {
    vec_each(&context->file->runs, run) {
        if (run->is_interrupted && run->status == SUITE_ERROR && !run->config->is_plan)
            return run->plan;
    }
    return NULL;
}

/* A cleanup has changed nothing yet, so its states keep their reasons. */
static void cleanup_give_up(SuiteContext *context, const SuiteStates *states) {
    const SuiteEvents *events = context->request->events;
    bool is_test = context->request->mode == SUITE_TEST;
    SuiteLeftovers left = {0};
    vec_each(states, item) {
        SuiteState *state = *item;
        if (!cleanup_has_objects(state))
            continue;
        SuiteLeftover leftover = {state->target, state->state};
        state->reason = is_test ? SUITE_REASON_ERROR : state->entry.reason;
        vec_push(context->arena, &left, leftover);
    }
    events->interrupt(events->self, context->file, &left, find_interrupted(context));
}

/* Cleans up the states of the file, the latest first, and sets their reasons. If the engine was
 * stopped, changes nothing. */
static void cleanup_states(SuiteContext *context) {
    SuiteStates states = {0};
    sort_states(context, &states);
    if (cancel_level(context->request->engine->cancel) != CANCEL_NONE) {
        cleanup_give_up(context, &states);
        return;
    }
    vec_each(&states, state) {
        cleanup_clean(context, *state);
    }
}

/* Chooses the run with whose values the state is destroyed: the one that the manifest names, else
 * the last one that applies. */
static void cleanup_choose_target(const SuiteContext *context, SuiteState *state, SuiteRun *run) {
    bool is_named = state->target && str_equal(state->target->config->name, state->entry.run);
    bool repairs = context->request->mode == SUITE_REPAIR && run->config->skips_cleanup;
    if (run->config->is_plan && state->target)
        return;
    if (repairs && !run->config->is_plan)
        state->restores = true;
    else if (state->restores || is_named)
        return;
    state->target = run;
}

static bool cleanup_load(SuiteContext *context, const SuiteEntries *entries, SuiteRun *run) {
    SuiteState *state = suite_state_of(context, run->config);
    const SuiteEntry *entry = suite_manifest_find(entries, state->key);
    if (entry)
        state->entry = *entry;
    cleanup_choose_target(context, state, run);
    state->last = state->target;
    if (state->is_unread)
        return true; /* the error is reported */
    state->is_unread = !suite_state_load(context, state, run, &context->file->diags);
    return !state->is_unread;
}

/* Expressions of the file refer to outputs of runs, which the states have. */
static void set_outputs(SuiteContext *context, const SuiteRun *run) {
    const SuiteState *state = suite_state_of(context, run->config);
    const Map *outputs = &state->state->outputs;
    Str *names = arena_new_array(context->arena, Str, outputs->count);
    Value *values = arena_new_array(context->arena, Value, outputs->count);
    size_t count = 0;
    map_each(outputs, entry) {
        const StateOutput *output = entry->value;
        names[count] = entry->key;
        values[count++] =
            output->sensitive ? value_with_marks(output->value, MARK_SENSITIVE) : output->value;
    }
    Value *object = arena_new(context->arena, Value);
    *object = value_object(names, values, count, context->arena);
    if (state->store)
        map_set(&context->outputs, run->config->name, object);
}

/* Loads the states that earlier tests of the file left. Returns false, with an error, if one of
 * them cannot be read. */
static bool cleanup_load_states(SuiteContext *context, const SuiteEntries *entries) {
    bool ok = true;
    vec_each(&context->file->runs, run) {
        ok &= cleanup_load(context, entries, run);
        run->status = SUITE_PASS;
    }
    vec_each(&context->file->runs, run) {
        set_outputs(context, run);
    }
    return ok;
}

/* Runs and files. */

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

static bool execute_is_claimed(const SuiteFile *file, const SuiteEntry *entry) {
    vec_each(&file->runs, run) {
        if (str_equal(run->config->state_key, entry->key))
            return true;
    }
    return false;
}

static void warn_of_orphan(SuiteContext *context, const SuiteEntry *entry) {
    const SuiteStorage *storage = context->request->storage;
    Arena *arena = context->arena;
    Str name = suite_manifest_file_name(entry->id, arena);
    Str where = entry->id.len > 0 ? str_format(arena, " Its state is \"%.*s\".",
                                               STR_ARG(disk_join(storage->directory, name, arena)))
                                  : STR_EMPTY;
    diags_warning(&context->file->diags, NO_RANGE, "Orphaned state",
                  "An earlier test left objects in the state \"%.*s\", and no run of the file uses "
                  "it any more, so they are not cleaned up. Restore such a run, or destroy the "
                  "objects yourself.%.*s",
                  STR_ARG(entry->key), STR_ARG(where));
}

/* Returns whether runs of the file have states that wait for a cleanup. */
static bool check_entries(SuiteContext *context, const SuiteEntries *entries) {
    bool is_waiting = false;
    vec_each(entries, entry) {
        if (!execute_is_claimed(context->file, entry))
            warn_of_orphan(context, entry);
        else
            is_waiting |= entry->reason != SUITE_REASON_NONE;
    }
    return is_waiting;
}

/* Adds an error if an earlier test of the file left states: this one would replace them. */
static bool check_is_clean(SuiteContext *context, const SuiteEntries *entries) {
    if (!check_entries(context, entries))
        return true;
    return diags_fail(
        &context->file->diags, NO_RANGE, "State manifest not empty",
        "An earlier test of %.*s left objects, or is still running. To destroy them, run "
        "\"loam test cleanup\"; with -repair, it keeps those that \"skip_cleanup\" and "
        "backends keep.",
        STR_ARG(context->file->config->path));
}

static void execute_runs(SuiteContext *context, const SuiteEntries *entries) {
    SuiteFile *file = context->file;
    if (!check_is_clean(context, entries)) {
        file->status = SUITE_ERROR;
        return;
    }
    vec_each(&file->runs, run) {
        execute_run(context, run);
    }
}

/* The part of a file that precedes its end. */
static void begin_file(SuiteContext *context) {
    const SuiteRequest *request = context->request;
    SuiteFile *file = context->file;
    SuiteEntries entries = {0};
    if (!suite_manifest_read(request->storage, file->config->path, &entries, context->arena,
                             &file->diags)) {
        file->status = SUITE_ERROR;
    } else if (request->mode == SUITE_TEST) {
        execute_runs(context, &entries);
    } else if (!is_stopped(context)) {
        (void)check_entries(context, &entries);
        if (!cleanup_load_states(context, &entries))
            file->status = SUITE_ERROR;
    }
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
    begin_file(&context);
    events->file(events->self, file, SUITE_TEARDOWN);
    cleanup_states(&context);
    if (!suite_state_finish(&context, &file->diags))
        file->status = SUITE_ERROR;
    events->file(events->self, file, SUITE_COMPLETE);
}

static void execute_add_file(Suite *suite, const TestFile *config, Arena *arena) {
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

static bool execute_has_file(const Suite *suite, Str path) {
    vec_each(&suite->files, file) {
        if (str_equal(file->config->path, path))
            return true;
    }
    return false;
}

/* Adds a warning for each test file of the manifest that the cleanup has not found. */
static void warn_of_missing_files(const SuiteRequest *request, const Suite *suite, Arena *arena) {
    StrVec files = {0};
    Diags ignored = diags_new(arena); /* each file has reported the error */
    Diags *diags = suite->files.count > 0 ? &ignored : request->diags;
    if (request->mode == SUITE_TEST || request->filters->count > 0 ||
        !suite_manifest_files(request->storage, &files, arena, diags))
        return;
    vec_each(&files, file) {
        if (execute_has_file(suite, *file))
            continue;
        diags_warning(
            request->diags, NO_RANGE, "Test file not found",
            "Earlier tests of %.*s left objects, and only that file can clean them up. If "
            "it is in another directory, use -test-directory; if it was removed, restore "
            "it, or destroy the objects yourself. Their states are in \"%.*s\".",
            STR_ARG(*file), STR_ARG(request->storage->directory));
    }
}

void suite_execute(const SuiteRequest *request, Suite *out, Arena *arena) {
    const SuiteEvents *events = request->events;
    const StrVec *filters = request->filters;
    const struct TestFiles *tests = request->engine->config->tests;
    *out = (Suite){.is_cleanup = request->mode != SUITE_TEST};
    vec_each(&tests->files, file) {
        if (filters->count == 0 || str_is_among((*file)->path, filters->items, filters->count))
            execute_add_file(out, *file, arena);
    }
    events->begin(events->self, out);
    vec_each(&out->files, file) {
        execute_file(request, file, arena);
        count(out, file);
    }
    warn_of_missing_files(request, out, arena);
    if (out->status == SUITE_PENDING)
        out->status = SUITE_PASS;
    out->is_interrupted = cancel_level(request->stop) != CANCEL_NONE;
    events->end(events->self, out);
}
