/* Decodes state_key, skip_cleanup and backend blocks of runs. */
#include "config_test_load.h"

#include "config_newer.h"
#include "config_read.h"

/* A value without a range of its own, as the default of a file has, leaves `*range` unchanged. */
static bool read_skip(ConfigLoading *loading, const BodyContent *content, bool *out,
                      SourceRange *range) {
    const BodyAttribute *attribute = body_content_find(content, "skip_cleanup");
    if (!attribute)
        return true;
    config_newer_add(loading->config, NEWER_TEST_CLEANUP, attribute->range, loading->arena);
    *range = attribute->name_range;
    return config_read_flag(attribute, out, loading->arena, loading->diags);
}

bool config_test_state_decode_default(ConfigLoading *loading, const BodyContent *content) {
    SourceRange ignored;
    return read_skip(loading, content, &loading->file->skips_cleanup, &ignored);
}

static bool test_state_read_key(ConfigLoading *loading, const BodyContent *content, TestRun *run) {
    const BodyAttribute *attribute = body_content_find(content, "state_key");
    if (attribute)
        return config_read_text(attribute, &run->state_key, loading->arena, loading->diags);
    run->state_key = run->source;
    if (str_starts_with(run->source, STR("./")))
        run->state_key =
            str_concat(STR("./"), disk_clean(run->source, loading->arena), loading->arena);
    else if (str_starts_with(run->source, STR("../")))
        run->state_key = disk_clean(run->source, loading->arena);
    return true;
}

/* Returns the earlier run with that state and a backend; NULL if none. */
static const TestRun *find_backend(const ConfigLoading *loading, const TestRun *run) {
    vec_each(&loading->file->runs, other) {
        if (*other != run && (*other)->backend && str_equal((*other)->state_key, run->state_key))
            return *other;
    }
    return NULL;
}

/* Returns the last earlier run with that state and `skip_cleanup = true`; NULL if none. */
static const TestRun *find_skip(const ConfigLoading *loading, const TestRun *run) {
    const TestRun *found = NULL;
    vec_each(&loading->file->runs, other) {
        if (*other != run && (*other)->skip_range.source &&
            str_equal((*other)->state_key, run->state_key))
            found = *other;
    }
    return found;
}

static const TestRun *find_apply(const ConfigLoading *loading, const TestRun *run) {
    vec_each(&loading->file->runs, other) {
        if (*other != run && !(*other)->is_plan && str_equal((*other)->state_key, run->state_key))
            return *other;
    }
    return NULL;
}

static void warn_of_second_skip(ConfigLoading *loading, const TestRun *run) {
    const TestRun *backend = find_backend(loading, run);
    const TestRun *skip = find_skip(loading, run);
    if (backend)
        diags_warning(loading->diags, run->skip_range, "Duplicate \"skip_cleanup\" block",
                      "The earlier run \"%.*s\" keeps the same state in a backend, so it is kept "
                      "without \"skip_cleanup\". The objects are restored to this run.",
                      STR_ARG(backend->name));
    else if (skip)
        diags_warning(loading->diags, run->skip_range, "Duplicate \"skip_cleanup\" block",
                      "The earlier run \"%.*s\" has the same state, and \"skip_cleanup\" too. Only "
                      "that of the later run \"%.*s\" has an effect.",
                      STR_ARG(skip->name), STR_ARG(run->name));
}

/* A state is loaded from its backend once, before its first change. */
static bool check_order(ConfigLoading *loading, const TestRun *run) {
    SourceRange range = run->backend->range;
    const TestRun *backend = find_backend(loading, run);
    const TestRun *apply = find_apply(loading, run);
    if (backend)
        return diags_fail(
            loading->diags, range, "Duplicate backend blocks",
            "The run \"%.*s\" already has a backend for the same state. Only the first "
            "run that applies may have one.",
            STR_ARG(backend->name));
    if (apply)
        return diags_fail(
            loading->diags, range, "Invalid backend block",
            "The earlier run \"%.*s\" has already applied to the same state. Only the "
            "first run that applies may have a backend.",
            STR_ARG(apply->name));
    return true;
}

static bool add_backend(ConfigLoading *loading, const BodyBlock *block, TestRun *run) {
    if (str_equal_cstr(block->labels[0], "remote"))
        return diags_fail(loading->diags, block->range, "Invalid backend block",
                          "The backend \"remote\" runs operations. A run needs a backend "
                          "that only stores a state, such as \"local\" or \"s3\".");
    if (run->backend)
        return diags_fail(loading->diags, block->range, "Duplicate backend blocks",
                          "The run already has a backend at %.*s.",
                          STR_ARG(config_read_place(run->backend->range, loading->arena)));
    BackendConfig *backend = arena_new(loading->arena, BackendConfig);
    *backend = (BackendConfig){block->labels[0], block->body, block->range, block->label_ranges[0]};
    run->backend = backend;
    run->skips_cleanup = true;
    config_newer_add(loading->config, NEWER_TEST_BACKEND, block->range, loading->arena);
    return true;
}

static bool read_backends(ConfigLoading *loading, const BodyContent *content, TestRun *run) {
    bool ok = true;
    vec_each(&content->blocks, block) {
        if (str_equal_cstr(block->type, "backend"))
            ok &= add_backend(loading, block, run);
    }
    if (!run->backend || !run->is_plan)
        return ok;
    return diags_fail(loading->diags, run->backend->range, "Invalid backend block",
                      "Only the first run that applies may have a backend, and this run "
                      "only plans.");
}

bool config_test_state_decode(ConfigLoading *loading, const BodyContent *content, TestRun *run) {
    SourceRange range = NO_RANGE;
    run->skips_cleanup = loading->file->skips_cleanup;
    bool ok = test_state_read_key(loading, content, run);
    ok &= read_backends(loading, content, run);
    ok &= read_skip(loading, content, &run->skips_cleanup, &range);
    if (range.source && !run->skips_cleanup && run->backend)
        ok = diags_fail(
            loading->diags, range,
            "Cannot use `skip_cleanup=false` in a run block that contains a backend block",
            "A backend keeps objects for the next test, so they are never cleaned up. Remove "
            "\"skip_cleanup\", or the backend.");
    if (range.source && run->skips_cleanup) {
        run->skip_range = range;
        warn_of_second_skip(loading, run);
    }
    return (!run->backend || check_order(loading, run)) && ok;
}
