/* Executes the files of a suite, one after the other, and cleans up their states. */
#include "suite_check.h"
#include "suite_context.h"
#include "suite_state.h"

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
        if (!suite_cleanup_load(context, &entries))
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
    suite_cleanup_states(&context);
    if (!suite_state_finish(&context, &file->diags))
        file->status = SUITE_ERROR;
    events->file(events->self, file, SUITE_COMPLETE);
}

static bool execute_is_wanted(const SuiteRequest *request, const TestFile *file) {
    const StrVec *filters = request->filters;
    return filters->count == 0 || str_is_among(file->path, filters->items, filters->count);
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
    const struct TestFiles *tests = request->engine->config->tests;
    *out = (Suite){.is_cleanup = request->mode != SUITE_TEST};
    vec_each(&tests->files, file) {
        if (execute_is_wanted(request, *file))
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
