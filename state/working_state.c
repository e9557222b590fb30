/* working_state: a mutex guards the state; the journal has its own. An outcome enters the journal
 * and the state under the mutex, so a checkpoint sees both at the same point. */
#include "working_state.h"
#include "hex.h"
#include "log.h"
#include "random.h"
#include "statefile.h"
#include "thread.h"
#include "version.h"

#include <stdatomic.h>

#define DEPOSED_KEY_BYTES 4

struct WorkingState {
    pthread_mutex_t mutex;
    pthread_mutex_t checkpoint_mutex; /* one checkpoint at a time; locked before `mutex` */
    State *state;
    Arena *arena;    /* of additions to the state; joined to the state's arena at the end */
    Arena *original; /* the state's own */
    Backend *backend;
    Journal *journal;     /* NULL: changes are not recorded */
    bool had_effect;      /* an outside effect occurred since the last checkpoint */
    Str idle_plan;        /* see working_state_end_idle_plan; empty: none */
    uint64_t plan_serial; /* see working_state_begin_plan */
    bool is_continued;
    const Clock *clock;
    _Atomic bool has_failed;
    bool write_failed; /* the last periodic write failed: wait for the next interval, even if the
                          run is cancelled */
    int64_t due_ms;    /* time of the next periodic write; 0: not set */
    /* Guarded by checkpoint_mutex. */
    bool is_known; /* `written` is the content of the store */
    const State *written;
    Arena *written_arena;
    const State *read; /* a state read from the store earlier; NULL: none */
    Str read_text;
};

/* Until the end, the state grows in an arena that has no other user. */
static void use_arena(State *state, Arena *arena) {
    state->arena = arena;
    state->outputs.arena = arena;
    state->resources.arena = arena;
}

WorkingState *working_state_open(State *state, Backend *backend, Journal *journal, const Io *io,
                                 Arena *arena) {
    WorkingState *working = arena_new(arena, WorkingState);
    pthread_mutex_init(&working->mutex, NULL);
    pthread_mutex_init(&working->checkpoint_mutex, NULL);
    working->state = state;
    working->arena = arena_open("working state");
    working->original = state->arena;
    working->backend = backend;
    working->journal = journal;
    working->clock = io->clock;
    use_arena(state, working->arena);
    if (state->lineage.len == 0)
        state->lineage = state_lineage_new(
            state->environment, state_owner_name(&state->owner, working->arena), working->arena);
    state->terraform_version = STR(VERSION_TERRAFORM);
    map_each(&state->resources, entry) {
        ((StateResource *)entry->value)->is_declared = false;
    }
    if (journal)
        journal_set_base(journal, state);
    return working;
}

State *working_state_close(WorkingState *working) {
    if (!working)
        return NULL;
    State *state = working->state;
    state_compact(state);
    use_arena(state, working->original);
    arena_join(working->original, working->arena);
    arena_close(working->written_arena);
    pthread_mutex_destroy(&working->mutex);
    pthread_mutex_destroy(&working->checkpoint_mutex);
    *working = (WorkingState){0};
    return state;
}

void working_state_set_baseline(WorkingState *working, const State *read, Str text) {
    working->read = read;
    working->read_text = text;
}

/* Returns NULL, with an error, on failure. */
static const State *read_written(WorkingState *working, Arena *arena, Diags *diags) {
    Str text;
    State *state;
    if (!backend_read(working->backend, &text, arena, diags))
        return NULL;
    if (working->read && str_equal(text, working->read_text))
        return working->read;
    return statefile_decode(working->backend->path, text, &state, arena, diags) ? state : NULL;
}

/* Reads the store's content once, before the first write; later this program has written it. */
static bool read_baseline(WorkingState *working, Diags *diags) {
    if (working->is_known)
        return true;
    Arena *arena = arena_open("written state");
    Diags found = diags_new(arena);
    working->written = read_written(working, arena, &found);
    working->is_known = working->written;
    diags_append(diags, &found);
    if (!working->is_known || working->written == working->read) {
        arena_close(arena);
        return working->is_known;
    }
    working->written_arena = arena;
    return true;
}

/* Returns whether the store holds the state. Needs the mutex. Without a journal that can be marked,
 * an outside effect raises the serial even if the content is unchanged. */
static bool working_state_is_written(WorkingState *working) {
    State *state = working->state;
    bool has_marks = working->journal && working->backend->has_marks;
    state_compact(state);
    if ((working->had_effect && !has_marks) || working->backend->is_outdated ||
        !statefile_same_content(state, working->written))
        return false;
    if (state->serial < working->written->serial)
        state->serial = working->written->serial;
    return true;
}

/* A copy of the state, its text, and the journal's announcement, all made at one point under the
 * mutex. A serial is used for one text only, even if its write failed. */
typedef struct Snapshot {
    State *state;
    Str text;
} Snapshot;

static void take_snapshot(WorkingState *working, Snapshot *out, Arena *arena, Arena *text_arena) {
    State *state = working->state;
    uint64_t newest = working->written->serial;
    state->serial = (state->serial > newest ? state->serial : newest) + 1;
    working->had_effect = false;
    out->state = state_fork(state, arena);
    out->text = statefile_encode(out->state, text_arena);
    if (working->journal)
        journal_announce(working->journal, state, out->text);
}

static bool write_snapshot(WorkingState *working, Snapshot *snapshot, Arena *arena, Diags *diags) {
    if (!backend_write(working->backend, snapshot->text, diags)) {
        arena_close(arena);
        return false;
    }
    arena_close(working->written_arena);
    working->written_arena = arena;
    working->written = snapshot->state;
    return !working->journal || journal_fold(working->journal, snapshot->state, diags);
}

static void record_plan(WorkingState *working, Str digest) {
    State *state = working->state;
    bool is_kept = state->environment.len + state->owner.name.len > 0;
    state->applied_plan = is_kept ? str_clone(digest, working->arena) : STR_EMPTY;
    if (working->journal && digest.len > 0)
        journal_complete_plan(working->journal);
}

static bool checkpoint(WorkingState *working, Diags *diags) {
    bool is_known = read_baseline(working, diags);
    pthread_mutex_lock(&working->mutex);
    if (!is_known) { /* the serial must exceed that of the unknown stored state, as the state is
                        saved elsewhere */
        working->state->serial++;
        pthread_mutex_unlock(&working->mutex);
        return false;
    }
    bool is_of_plan = working->written->serial == working->plan_serial;
    working->had_effect |= working->is_continued && is_of_plan;
    if (working->idle_plan.len > 0 && !(is_of_plan && working_state_is_written(working)))
        record_plan(working, working->idle_plan);
    if (working_state_is_written(working)) {
        if (working->had_effect || (working->journal && journal_has_plan(working->journal)))
            journal_mark(working->journal, working->state, working->written);
        working->had_effect = false;
        bool ok = !working->journal || journal_fold(working->journal, working->state, diags);
        pthread_mutex_unlock(&working->mutex);
        return ok;
    }
    Arena *arena = arena_open("checkpoint");
    SCOPED(ArenaRef) text_arena = arena_open("state text"); /* freed once the text is written */
    Snapshot snapshot = {0};
    take_snapshot(working, &snapshot, arena, text_arena);
    pthread_mutex_unlock(&working->mutex);
    return write_snapshot(working, &snapshot, arena, diags);
}

bool working_state_has_failed(const WorkingState *working) {
    return atomic_load(&working->has_failed);
}

/* Passes on the result of recording a change. Only the first error is reported, since one cause
 * fails every operation in flight. */
static bool first_failure(WorkingState *working, bool ok, const Diags *reasons, Diags *diags) {
    if (!ok && !atomic_exchange(&working->has_failed, true))
        diags_append(diags, reasons);
    return ok;
}

/* Saves the recovered state of an earlier run before the first change. Otherwise a crash could
 * restore intents that were already resolved. */
static bool save_leftover(WorkingState *working, Diags *diags) {
    bool ok = true;
    if (working_state_has_failed(working))
        return false;
    if (!working->journal || !journal_has_leftover(working->journal))
        return true;
    SCOPED(ArenaRef) scratch = arena_open("settled state");
    Diags reasons = diags_new(scratch);
    LOCKED(&working->checkpoint_mutex);
    if (working_state_has_failed(working))
        ok = false;
    else if (journal_has_leftover(working->journal))
        ok = first_failure(working, checkpoint(working, &reasons), &reasons, diags);
    return ok;
}

void working_state_reserve(WorkingState *working, ResourceAddr block, size_t count) {
    LOCKED(&working->mutex);
    StateResource *resource = state_add_resource(working->state, block);
    vec_reserve(working->arena, &resource->instances, resource->instances.count + count);
}

/* Copies the object, except for its dependencies. */
static const StateObject *working_state_copy_object(WorkingState *working,
                                                    const StateObject *object) {
    if (!object)
        return NULL;
    StateObject bare = *object;
    bare.dependency_count = 0;
    StateObject *copy = (StateObject *)(uintptr_t)state_object_clone(&bare, working->arena);
    copy->dependencies = object->dependencies;
    copy->dependency_count = object->dependency_count;
    return copy;
}

/* Emptied instances stay until the next checkpoint removes them in one pass. */
static void working_state_set_object(WorkingState *working, const JournalOutcome *outcome) {
    State *state = working->state;
    StateInstance *instance = state_find_instance(state, outcome->address);
    if (!instance && !outcome->object)
        return;
    if (!instance)
        instance = state_add_instance(state, outcome->address);
    const StateObject *object = working_state_copy_object(working, outcome->object);
    if (outcome->deposed.len == 0) {
        instance->current = object;
        instance->pending = NULL;
        instance->has_outcome = true;
    } else if (object) {
        state_set_deposed(instance, outcome->deposed, object, working->arena);
    } else {
        state_remove_deposed(instance, outcome->deposed);
    }
    ProviderConfigAddr provider = outcome->provider_config;
    if (!object || provider.provider.len == 0)
        return;
    if (!str_equal(instance->provider_key, provider.key))
        instance->provider_key = str_clone(provider.key, working->arena);
    provider.key = STR_EMPTY;
    StateResource *resource = state_find_resource(state, outcome->address);
    provider = provider_config_addr_keep_host(provider, resource->provider_config);
    if (!provider_config_addr_equal(resource->provider_config, provider))
        resource->provider_config = provider_config_addr_clone(provider, working->arena);
}

/* Needs the mutex. Only one caller gets true. The first change starts the interval; once the run is
 * cancelled, every change is due. */
static bool is_write_due(WorkingState *working) {
    const Backend *backend = working->backend;
    if (backend->write_every_ms == 0)
        return false;
    int64_t now = working->clock->monotonic_ms(working->clock->self);
    bool is_cancelled = !working->write_failed && cancel_level(backend->cancel) != CANCEL_NONE;
    bool is_due = is_cancelled || (working->due_ms > 0 && now >= working->due_ms);
    if (is_due || working->due_ms == 0)
        working->due_ms = now + backend->write_every_ms;
    return is_due;
}

/* A failed periodic write is not reported: the next one and the final write are tried anyway. */
static void write_between(WorkingState *working) {
    SCOPED(ArenaRef) scratch = arena_open("state between");
    Diags ignored = diags_new(scratch);
    bool ok = working_state_checkpoint(working, &ignored);
    pthread_mutex_lock(&working->mutex);
    working->write_failed = !ok;
    pthread_mutex_unlock(&working->mutex);
    if (!ok)
        log_debug("state not written between", log_text("path", working->backend->path));
}

/* `flushes`: the outcome is durable when the function returns, also in a buffered store. */
static bool record_outcome(WorkingState *working, uint64_t sequence, const JournalOutcome *outcome,
                           bool flushes, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("outcome");
    Diags reasons = diags_new(scratch);
    bool ok = sequence > 0 || save_leftover(working, diags);
    pthread_mutex_lock(&working->mutex);
    if (ok && working->journal)
        ok = journal_outcome(working->journal, sequence, outcome, &reasons);
    working_state_set_object(working, outcome);
    working->had_effect |= flushes;
    bool is_due = is_write_due(working);
    pthread_mutex_unlock(&working->mutex);
    if (ok && flushes && working->journal)
        ok = journal_flush(working->journal, &reasons);
    ok = first_failure(working, ok, &reasons, diags);
    if (is_due)
        write_between(working);
    return ok;
}

bool working_state_record(WorkingState *working, uint64_t sequence, const JournalOutcome *outcome,
                          Diags *diags) {
    return record_outcome(working, sequence, outcome, sequence > 0, diags);
}

bool working_state_keep(WorkingState *working, const JournalOutcome *outcome, Diags *diags) {
    return record_outcome(working, 0, outcome, true, diags);
}

bool working_state_end(WorkingState *working, uint64_t sequence, Diags *diags) {
    if (!working->journal || sequence == 0)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("settled");
    Diags reasons = diags_new(scratch);
    pthread_mutex_lock(&working->mutex);
    bool ok = journal_end(working->journal, sequence, &reasons);
    pthread_mutex_unlock(&working->mutex);
    return first_failure(working, ok, &reasons, diags);
}

static Str new_deposed_key(const StateInstance *instance, Arena *arena) {
    for (;;) {
        char bytes[DEPOSED_KEY_BYTES];
        random_fill(bytes, sizeof bytes);
        Str key = hex_encode((Str){bytes, sizeof bytes}, arena);
        if (!instance || !state_find_deposed(instance, key))
            return key;
    }
}

Str working_state_new_deposed_key(WorkingState *working, ResourceAddr address, Arena *arena) {
    LOCKED(&working->mutex);
    return new_deposed_key(state_find_instance(working->state, address), arena);
}

bool working_state_depose(WorkingState *working, ResourceAddr address, Str key, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("depose");
    Diags reasons = diags_new(scratch);
    bool ok = save_leftover(working, diags);
    pthread_mutex_lock(&working->mutex);
    StateInstance *instance = state_find_instance(working->state, address);
    if (ok && instance && instance->current)
        ok = !working->journal ||
             journal_depose(working->journal, address, key, instance->current, &reasons);
    if (ok && instance && instance->current) {
        state_set_deposed(instance, key, instance->current, working->arena);
        instance->current = NULL;
    }
    pthread_mutex_unlock(&working->mutex);
    return first_failure(working, ok, &reasons, diags);
}

bool working_state_restore(WorkingState *working, ResourceAddr address, Str key, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("restore");
    Diags reasons = diags_new(scratch);
    bool ok = true;
    pthread_mutex_lock(&working->mutex);
    StateInstance *instance = state_find_instance(working->state, address);
    const StateObject *object = instance ? state_find_deposed(instance, key) : NULL;
    if (object && !instance->current) {
        ok = !working->journal || journal_restore(working->journal, address, key, &reasons);
        state_remove_deposed(instance, key);
        instance->current = object;
    }
    pthread_mutex_unlock(&working->mutex);
    return first_failure(working, ok, &reasons, diags);
}

const StateObject *working_state_object(WorkingState *working, ResourceAddr address, Str deposed,
                                        Arena *arena) {
    LOCKED(&working->mutex);
    const StateInstance *instance = state_find_instance(working->state, address);
    const StateObject *object = instance ? state_find_object(instance, deposed) : NULL;
    object = state_object_clone(object, arena);
    return object;
}

void working_state_find_type(WorkingState *working, Str type, StateFounds *out, Arena *arena) {
    LOCKED(&working->mutex);
    state_find_type(working->state, type, out, arena);
    vec_each(out, found) {
        found->address = resource_addr_clone(found->address, arena);
        found->provider_config = provider_config_addr_clone(found->provider_config, arena);
        found->object = state_object_clone(found->object, arena);
    }
}

Str working_state_lineage(const WorkingState *working) {
    return working->state->lineage;
}

/* The serial grows with every checkpoint that holds another object, and with every replay of
 * outcomes that no checkpoint held. So no two objects of one address get the same generation,
 * except those that the state cannot tell apart. After an unresolved creation in doubt, the next
 * number distinguishes the new object from that one. */
uint64_t working_state_generation(WorkingState *working, ResourceAddr address) {
    LOCKED(&working->mutex);
    uint64_t generation = working->state->serial;
    const StateInstance *instance = state_find_instance(working->state, address);
    if (instance && instance->pending && instance->pending->generation >= generation)
        generation = instance->pending->generation + 1;
    return generation;
}

void working_state_set_output(WorkingState *working, Str name, StateOutput output) {
    LOCKED(&working->mutex);
    StateOutput *copy = arena_new(working->arena, StateOutput);
    Value bare = value_unmark_deep(output.value, working->arena);
    *copy = (StateOutput){value_clone(bare, working->arena), output.sensitive};
    if (!map_has(&working->state->outputs, name))
        name = str_clone(name, working->arena);
    map_set(&working->state->outputs, name, copy);
}

void working_state_set_checks(WorkingState *working, Str check_results) {
    LOCKED(&working->mutex);
    working->state->check_results = str_clone(check_results, working->arena);
}

void working_state_set_applied(WorkingState *working, Str commit, Str variables) {
    LOCKED(&working->mutex);
    bool is_kept = working->state->environment.len > 0;
    working->state->applied_commit = is_kept ? str_clone(commit, working->arena) : STR_EMPTY;
    working->state->applied_variables = is_kept ? str_clone(variables, working->arena) : STR_EMPTY;
}

void working_state_begin_plan(WorkingState *working, Str digest, uint64_t serial,
                              bool is_continued) {
    working->plan_serial = serial;
    working->is_continued = is_continued;
    if (working->journal)
        journal_set_plan(working->journal, digest);
}

void working_state_end_plan(WorkingState *working, Str digest) {
    LOCKED(&working->mutex);
    record_plan(working, digest);
}

void working_state_end_idle_plan(WorkingState *working, Str digest) {
    LOCKED(&working->mutex);
    working->idle_plan = str_clone(digest, working->arena);
}

void working_state_keep_empty(WorkingState *working, const StateResource *like) {
    LOCKED(&working->mutex);
    StateResource *resource = state_add_resource(working->state, like->address);
    resource->is_declared = true;
    if (resource->instances.count == 0)
        resource->provider_config =
            provider_config_addr_clone(like->provider_config, working->arena);
}

void working_state_remove_output(WorkingState *working, Str name) {
    LOCKED(&working->mutex);
    state_remove_output(working->state, name);
}

bool working_state_checkpoint(WorkingState *working, Diags *diags) {
    LOCKED(&working->checkpoint_mutex);
    return checkpoint(working, diags);
}

bool working_state_is_saved(WorkingState *working) {
    pthread_mutex_lock(&working->checkpoint_mutex);
    pthread_mutex_lock(&working->mutex);
    bool is_saved = working->is_known && working_state_is_written(working);
    pthread_mutex_unlock(&working->mutex);
    pthread_mutex_unlock(&working->checkpoint_mutex);
    return is_saved;
}

bool working_state_is_in_journal(WorkingState *working) {
    return working->journal && journal_is_whole(working->journal);
}

bool working_state_may_change(WorkingState *working, Diags *diags) {
    Backend *backend = working->backend;
    if (working_state_has_failed(working))
        return false;
    if (!backend->still_locked)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("lock");
    Diags reasons = diags_new(scratch);
    bool ok = backend->still_locked(backend, &reasons);
    return first_failure(working, ok, &reasons, diags);
}

bool working_state_intend(WorkingState *working, const JournalIntent *intent, uint64_t *sequence,
                          Diags *diags) {
    *sequence = 0;
    if (!working_state_may_change(working, diags))
        return false;
    if (!working->journal)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("intent");
    Diags reasons = diags_new(scratch);
    if (!save_leftover(working, diags))
        return false;
    bool ok = journal_intent(working->journal, intent, sequence, &reasons);
    return first_failure(working, ok, &reasons, diags);
}

bool working_state_commit(WorkingState *working, uint64_t sequence, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("commit");
    Diags reasons = diags_new(scratch);
    bool ok = journal_commit(working->journal, sequence, &reasons);
    return first_failure(working, ok, &reasons, diags) && working_state_may_change(working, diags);
}

bool working_state_parts(WorkingState *working, uint64_t sequence, const StateParts *parts,
                         Diags *diags) {
    if (parts->count == 0)
        return true;
    if (!parts->items[0].has_ended && !working_state_may_change(working, diags))
        return false;
    if (!working->journal || sequence == 0)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("part");
    Diags reasons = diags_new(scratch);
    bool ok = journal_parts(working->journal, sequence, parts, &reasons);
    return first_failure(working, ok, &reasons, diags);
}
