/* Runs the files of a suite, one after the other. */
#include "suite.h"
#include "suite_assert.h"

const char *suite_status_name(SuiteStatus status) {
    static const char *const names[] = {
        [SUITE_PENDING] = "pending", [SUITE_SKIP] = "skip",   [SUITE_PASS] = "pass",
        [SUITE_FAIL] = "fail",       [SUITE_ERROR] = "error",
    };
    static_assert(ARRAY_COUNT(names) == SUITE_ERROR + 1, "a name for every status");
    return names[status];
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

void suite_carry_out(const SuiteRequest *request, Suite *out, Arena *arena) {
    const SuiteEvents *events = request->events;
    const struct TestFiles *tests = request->engine->config->tests;
    *out = (Suite){0};
    vec_each(&tests->files, file) {
        if (is_wanted(request, *file))
            add_file(out, *file, arena);
    }
    events->begin(events->self, out);
    vec_each(&out->files, file) {
        suite_file_run(request, file, arena);
        count(out, file);
    }
    if (out->status == SUITE_PENDING)
        out->status = SUITE_PASS;
    out->is_interrupted = cancel_level(request->stop) != CANCEL_NONE;
    events->end(events->self, out);
}

/* Validates each module once, even if several runs use it. */
static bool validate_module(const Engine *engine, const TestRun *run, Map *seen, Diags *diags) {
    if (!run->config || map_has(seen, run->source))
        return true;
    Engine own = *engine;
    own.config = run->config;
    map_set(seen, run->source, own.config->root);
    return engine_validate(&own, diags);
}

bool suite_validate(const Engine *engine, Arena *arena, Diags *diags) {
    Map seen = map_new(arena);
    bool ok = true;
    vec_each(&engine->config->tests->files, file) {
        suite_override_check_file(engine->config, *file, diags);
        vec_each(&(*file)->runs, run) {
            const Config *config = (*run)->config ? (*run)->config : engine->config;
            suite_override_check(config, &(*run)->overrides, diags);
            ok &= validate_module(engine, *run, &seen, diags);
            ok &= suite_assert_check_expected(*run, diags);
        }
    }
    return ok;
}
