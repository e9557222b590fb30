/* Moves states from memory to their stores, and back to nothing. */
#include "suite_state.h"

/* A backend that stores nothing, for states in memory. */

static bool forget_lock(Backend *, const LockInfo *, int64_t, const CancelToken *, Diags *) {
    return true;
}

static bool forget_unlock(Backend *, Diags *) {
    return true;
}

static bool read_nothing(Backend *, Str *out, Arena *, Diags *) {
    *out = STR_EMPTY;
    return true;
}

static bool suite_state_forget(Backend *, Str, Diags *) {
    return true;
}

static Backend *memory_backend(Arena *arena) {
    Backend *backend = arena_new(arena, Backend);
    *backend = (Backend){
        .path = STR("the state of a test"),
        .lock = forget_lock,
        .unlock = forget_unlock,
        .read = read_nothing,
        .write = suite_state_forget,
    };
    return backend;
}

SuiteState *suite_state_of(SuiteContext *context, const TestRun *run) {
    SuiteState *state = map_find(&context->states, run->state_key);
    if (state)
        return state;
    state = arena_new(context->arena, SuiteState);
    state->key = run->state_key;
    state->state = state_new(context->arena);
    state->entry.key = run->state_key;
    map_set(&context->states, run->state_key, state);
    return state;
}

static bool suite_state_open_file(SuiteContext *context, SuiteState *state, Diags *diags) {
    const SuiteStorage *storage = context->request->storage;
    Str name = suite_manifest_file_name(state->entry.id, context->arena);
    return storage->open_file(storage->self, name, &state->store, diags);
}

static bool suite_state_open_backend(SuiteContext *context, SuiteState *state,
                                     const BackendConfig *config, Diags *diags) {
    const SuiteStorage *storage = context->request->storage;
    state->backend = config;
    if (!storage->open_backend(storage->self, config, &state->store, diags))
        return false;
    state->state = state->store->state;
    return true;
}

bool suite_state_prepare(SuiteContext *context, SuiteState *state, const SuiteRun *run,
                         Diags *diags) {
    const BackendConfig *backend = run ? run->config->backend : NULL;
    if (backend && !state->store && !suite_state_open_backend(context, state, backend, diags))
        return false;
    if (!state->store || !state->store->is_in_doubt)
        return true;
    if (!state->store->read(state->store, diags))
        return false;
    state->state = state->store->state;
    return true;
}

bool suite_state_load(SuiteContext *context, SuiteState *state, const SuiteRun *run, Diags *diags) {
    bool is_in_file = state->entry.id.len > 0; /* perhaps from a time before the backend */
    if (!is_in_file && run->config->backend && !state->backend)
        return suite_state_open_backend(context, state, run->config->backend, diags);
    if (state->store || !is_in_file)
        return true;
    if (!suite_state_open_file(context, state, diags))
        return false;
    state->state = state->store->state;
    return true;
}

/* Writes a state from memory to its store. */
static bool suite_state_write(SuiteState *state, Diags *diags) {
    WorkingState *working;
    if (!state->store->begin(state->store, state->state, &working, diags))
        return false;
    bool ok = working_state_checkpoint(working, diags);
    state->state = state->store->end(state->store);
    return ok;
}

/* Opens the store of a state in memory, and writes the state. */
static bool move_to_store(SuiteContext *context, SuiteState *state, Diags *diags) {
    if (state->store)
        return true;
    return suite_state_open_file(context, state, diags) &&
           (state_is_empty(state->state) || suite_state_write(state, diags));
}

/* Chooses the entry of a state that `run` changes, or that is moved to its store. Returns false if
 * the manifest has it already. */
static bool renew_entry(SuiteContext *context, SuiteState *state, const SuiteRun *run) {
    SuiteEntry *entry = &state->entry;
    Str name = run ? run->config->name : STR_EMPTY;
    if (entry->reason == SUITE_REASON_ERROR && str_equal(entry->run, name))
        return false;
    if (!state->backend && entry->id.len == 0)
        entry->id = suite_manifest_new_id(context->arena);
    entry->run = name;
    entry->reason = SUITE_REASON_ERROR;
    return true;
}

static bool suite_state_update(SuiteContext *context, const SuiteEntries *entries, Diags *diags) {
    const SuiteRequest *request = context->request;
    return entries->count == 0 ||
           suite_manifest_update(request->storage, request->engine->io, context->file->config->path,
                                 entries, diags);
}

/* Before the first change with effects: moves all states to their stores, because the cleanup of
 * this one may need the outputs of the others. Later: notes the run that changes this state. */
static bool store_all(SuiteContext *context, SuiteState *changed, const SuiteRun *run,
                      Diags *diags) {
    SuiteEntries entries = {0};
    map_each(&context->states, entry) {
        SuiteState *state = entry->value;
        bool is_new = state->last && state->entry.reason == SUITE_REASON_NONE;
        if ((state == changed || is_new) &&
            renew_entry(context, state, state == changed ? run : state->target))
            vec_push(context->arena, &entries, state->entry);
    }
    context->is_stored = true;
    bool ok = suite_state_update(context, &entries, diags);
    map_each(&context->states, entry) {
        SuiteState *state = entry->value;
        if (state == changed || state->last)
            ok = ok && move_to_store(context, state, diags);
    }
    return ok;
}

bool suite_state_begin(SuiteContext *context, SuiteState *state, const SuiteRun *run,
                       const PlanResult *planned, WorkingState **out, Diags *diags) {
    bool is_test = context->request->mode == SUITE_TEST;
    if (is_test && (context->is_stored || plan_has_effects(planned->plan)) &&
        !store_all(context, state, run, diags))
        return false;
    if (state->store)
        return state->store->begin(state->store, planned->refreshed, out, diags);
    *out = working_state_open(planned->refreshed, memory_backend(context->arena), NULL,
                              context->request->engine->io, context->arena);
    return true;
}

void suite_state_end(SuiteState *state, WorkingState *working) {
    state->state = state->store ? state->store->end(state->store) : working_state_close(working);
}

/* The cleanup of another state may need the outputs of this one. A state in a backend stays there
 * without a reason. */
static bool is_dependency(const SuiteState *state) {
    return state->reason == SUITE_REASON_NONE && !state->backend && state->state->outputs.count > 0;
}

static void choose_reasons(SuiteContext *context) {
    bool has_kept = false; /* a state whose cleanup may need others */
    map_each(&context->states, entry) {
        SuiteState *state = entry->value;
        if (state->store && state->store->is_in_doubt)
            state->reason = SUITE_REASON_ERROR;
        has_kept |= state->is_unread || state->reason != SUITE_REASON_NONE;
    }
    map_each(&context->states, entry) {
        SuiteState *state = entry->value;
        if (has_kept && is_dependency(state))
            state->reason = SUITE_REASON_DEPENDENCY;
    }
}

/* Adds the entries of the states that are kept, or of the others. */
static void suite_state_collect(SuiteContext *context, bool of_kept, SuiteEntries *out) {
    map_each(&context->states, item) {
        SuiteState *state = item->value;
        SuiteEntry *entry = &state->entry;
        bool is_kept = state->reason != SUITE_REASON_NONE;
        if (state->is_unread || is_kept != of_kept ||
            (!is_kept && entry->reason == SUITE_REASON_NONE))
            continue;
        if (is_kept && !state->backend && entry->id.len == 0)
            entry->id = suite_manifest_new_id(context->arena);
        if (state->target)
            entry->run = state->target->config->name;
        entry->reason = state->reason;
        vec_push(context->arena, out, *entry);
    }
}

bool suite_state_finish(SuiteContext *context, Diags *diags) {
    SuiteEntries kept = {0};
    SuiteEntries removed = {0};
    size_t errors = diags->error_count;
    choose_reasons(context);
    suite_state_collect(context, true, &kept);
    suite_state_collect(context, false, &removed);
    /* Entries are there before their files, and files are removed before their entries. */
    bool ok = suite_state_update(context, &kept, diags);
    map_each(&context->states, entry) {
        SuiteState *state = entry->value;
        bool is_kept = state->reason != SUITE_REASON_NONE;
        ok &= !is_kept || state->is_unread || move_to_store(context, state, diags);
        if (state->store)
            state->store->close(state->store, is_kept, diags);
        state->store = NULL;
    }
    return suite_state_update(context, &removed, diags) && ok && diags->error_count == errors;
}
