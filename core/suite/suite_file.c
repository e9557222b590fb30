/* Executes one test file, from its first run to the cleanup. */
#include "suite_context.h"
#include "suite_values.h"

static bool is_stopped(const SuiteContext *context) {
    return cancel_level(context->request->stop) != CANCEL_NONE;
}

SuiteState *suite_file_state(SuiteContext *context, const TestRun *run) {
    Str key = run->state_key.len ? str_concat(STR("key "), run->state_key, context->arena)
              : run->source.len  ? str_concat(STR("module "), run->source, context->arena)
                                 : STR_EMPTY;
    SuiteState *state = map_find(&context->states, key);
    if (state)
        return state;
    state = arena_new(context->arena, SuiteState);
    state->key = key;
    state->state = state_new(context->arena);
    map_set(&context->states, key, state);
    return state;
}

static void carry_out(SuiteContext *context, SuiteRun *run) {
    const SuiteEvents *events = context->request->events;
    SuiteFile *file = context->file;
    if (is_stopped(context) || file->status == SUITE_ERROR) {
        run->status = SUITE_SKIP;
    } else {
        const Clock *clock = context->request->engine->io->clock;
        int64_t start = clock->monotonic_ms(clock->self);
        run->started_ms = clock->now_ms(clock->self);
        events->run(events->self, file, run, SUITE_STARTING);
        suite_run_carry_out(context, run);
        run->elapsed_ms = clock->monotonic_ms(clock->self) - start;
    }
    if (run->status > file->status)
        file->status = run->status;
    events->run(events->self, file, run, SUITE_COMPLETE);
}

void suite_file_run(const SuiteRequest *request, SuiteFile *file, Arena *arena) {
    const SuiteEvents *events = request->events;
    SuiteContext context = {
        .request = request,
        .file = file,
        .states = map_new(arena),
        .outputs = map_new(arena),
        .arena = arena,
    };
    context.values = suite_values_new(&context);
    file->status = is_stopped(&context) ? SUITE_SKIP : SUITE_PASS;
    suite_override_check_file(request->engine->config, file->config, &file->diags);
    events->file(events->self, file, SUITE_STARTING);
    vec_each(&file->runs, run) {
        carry_out(&context, run);
    }
    events->file(events->self, file, SUITE_TEARDOWN);
    suite_cleanup(&context);
    events->file(events->self, file, SUITE_COMPLETE);
}
