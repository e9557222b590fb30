/* Destroys the objects of a file's runs, with the configuration that created them. */
#include "suite_context.h"
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
static void sort(const SuiteContext *context, SuiteStates *out) {
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

/* Returns the plan that was being applied when the engine was stopped; NULL if none. */
static const Plan *find_interrupted(const SuiteContext *context) {
    vec_each(&context->file->runs, run) {
        if (run->status == SUITE_ERROR && run->plan && !run->config->is_plan)
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

void suite_cleanup(SuiteContext *context) {
    SuiteStates states = {0};
    sort(context, &states);
    if (cancel_level(context->request->engine->cancel) != CANCEL_NONE) {
        give_up(context, &states);
        return;
    }
    vec_each(&states, state) {
        clean(context, *state);
    }
}
