/* journal_replay: applies the journal's records that the state file does not contain yet. */
#include "digest.h"
#include "journal.h"
#include "journal_text.h"
#include "statefile.h"

#define NAMED_MAX 10

/* Returns the addresses in the readable records: "a.b, c.d and 3 more"; "nothing" if none. */
static Str join_addresses(const JournalText *text, Arena *arena) {
    Map seen = map_new(arena);
    StrBuf out = strbuf_new(arena);
    vec_each(&text->records, record) {
        if (record->address.type.len == 0)
            continue;
        Str address = resource_addr_to_str(record->address, arena);
        if (map_has(&seen, address))
            continue;
        if (seen.count < NAMED_MAX)
            strbuf_add_format(&out, "%s%.*s", seen.count > 0 ? ", " : "", STR_ARG(address));
        map_set(&seen, address, record);
    }
    if (seen.count > NAMED_MAX)
        strbuf_add_format(&out, " and %zu more", seen.count - NAMED_MAX);
    return seen.count > 0 ? strbuf_str(&out) : STR("nothing");
}

#define ASIDE_MODE 0600

typedef struct Replay {
    State *state;
    JournalStore *store;
    Str name; /* of the store */
    Arena *arena;
    Diags *diags;
    JournalText text;
    size_t first;     /* earlier records are already in the state file */
    Str plan;         /* of the last `start`; empty: none, or it began from another state */
    bool is_exact;    /* the following records began from exactly this state */
    bool any_applied; /* a record was applied since the last `start` */
} Replay;

static bool report_problem(Replay *replay, Str problem, const char *effect) {
    return diags_fail(
        replay->diags, NO_RANGE, "Journal not readable",
        "\"%.*s\" records the operations of an interrupted run, but %s failed: %.*s. Nothing was "
        "changed. If the journal itself is damaged, move it away, compare the real objects with "
        "\"loam state list\", and import the missing ones.",
        STR_ARG(replay->name), effect, STR_ARG(problem));
}

/* Returns an unused path: beside a local journal, else in the working directory. */
static Str aside_path(const Replay *replay, const Disk *disk) {
    bool is_local = !replay->store->is_buffered;
    Str first = is_local ? str_concat(replay->name, STR(".damaged"), replay->arena)
                         : STR("journal.damaged");
    Str path = first;
    for (unsigned i = 2; disk_exists(disk, path); i++)
        path = str_format(replay->arena, "%.*s.%u", STR_ARG(first), i);
    return path;
}

static bool set_aside(Replay *replay, const Disk *disk, Str path) {
    JournalStore *store = replay->store;
    Str stored, problem;
    bool found;
    bool ok = store->read_stored
                  ? store->read_stored(store, &stored, &found, &problem, replay->arena)
                  : store->read(store, &stored, &found, &problem, replay->arena);
    if (!ok)
        return report_problem(replay, problem, "copying the damaged journal");
    int error = disk->write_file(disk->self, path, stored, ASIDE_MODE);
    if (error)
        return report_problem(replay, str_from_cstr(strerror(-error)),
                              "copying the damaged journal");
    Str good = journal_text_write(&replay->text, replay->arena);
    if (!store->replace(store, good, &problem, replay->arena))
        return report_problem(replay, problem, "replacing the damaged journal");
    return true;
}

static bool reject_damage(Replay *replay, const Disk *aside) {
    const JournalText *text = &replay->text;
    Str more = text->damage_count > 1
                   ? str_format(replay->arena, " (and %zu more lines)", text->damage_count - 1)
                   : STR_EMPTY;
    if (!aside)
        return diags_fail(
            replay->diags, NO_RANGE, "Damaged journal",
            "Line %zu of \"%.*s\" is damaged: %.*s%.*s. The journal records the operations of an "
            "interrupted run. Run \"loam plan\": it locks the state, keeps a copy of the damaged "
            "journal, and recovers the readable records.",
            text->line, STR_ARG(replay->name), STR_ARG(text->problem), STR_ARG(more));
    Str path = aside_path(replay, aside);
    if (!set_aside(replay, aside, path))
        return false;
    Str addresses = join_addresses(text, replay->arena);
    return diags_fail(
        replay->diags, NO_RANGE, "Damaged journal",
        "Line %zu of \"%.*s\" is damaged: %.*s%.*s. The journal records the operations of an "
        "interrupted run, so an object may exist that the state lacks. Nothing was changed. The "
        "damaged journal is kept as \"%.*s\"; its readable records (%zu, about %.*s) remain.\n"
        "\n"
        "Compare the damaged lines with the real objects, then run the same command again, which "
        "recovers the readable records. Afterwards, import the objects that the state lacks.",
        text->line, STR_ARG(replay->name), STR_ARG(text->problem), STR_ARG(more), STR_ARG(path),
        text->records.count, STR_ARG(addresses));
}

static bool check_lineage(Replay *replay) {
    State *state = replay->state;
    vec_each(&replay->text.records, record) {
        if (record->kind != RECORD_START || record->lineage.len == 0)
            continue;
        if (state->lineage.len == 0)
            state->lineage = record->lineage;
        if (str_equal(state->lineage, record->lineage))
            continue;
        return diags_fail(replay->diags, NO_RANGE, "Journal of another state",
                          "\"%.*s\" records an interrupted run on a state of lineage %.*s, but "
                          "this state has lineage %.*s. Restore the state of that journal. If you "
                          "no longer need its objects, move the journal away.",
                          STR_ARG(replay->name), STR_ARG(record->lineage), STR_ARG(state->lineage));
    }
    return true;
}

/* Finds the checkpoint that wrote this state file, if any; earlier records are in the file. The
 * digest excludes a file that another program wrote with the same serial. */
static void journal_replay_find_fold(Replay *replay) {
    SCOPED(ArenaRef) scratch = arena_open("fold");
    Str digest = STR_EMPTY;
    for (size_t i = replay->text.records.count; i-- > 0;) {
        const JournalRecord *record = &replay->text.records.items[i];
        if (record->kind != RECORD_FOLD || record->serial != replay->state->serial)
            continue;
        if (digest.len == 0) {
            Str text = statefile_encode(replay->state, scratch);
            digest = digest_hex(DIGEST_SHA256, text, scratch);
        }
        if (str_equal(record->digest, digest)) {
            replay->first = i + 1;
            replay->is_exact = true;
            return;
        }
    }
}

static StateInstance *journal_replay_instance_of(Replay *replay, const JournalRecord *record) {
    StateInstance *instance = state_add_instance(replay->state, record->address);
    StateResource *resource = state_find_resource(replay->state, record->address);
    bool named = record->provider_config.provider.len > 0;
    if (named && (record->kind == RECORD_OUTCOME || resource->provider_config.provider.len == 0)) {
        resource->provider_config = record->provider_config;
        resource->provider_config.key = STR_EMPTY;
        instance->provider_key = record->provider_config.key;
    }
    return instance;
}

/* If another program changed the state since, its objects win; only missing objects are added.
 * Returns whether the record counts as a change of the state. */
static bool apply_outcome(Replay *replay, const JournalRecord *record) {
    StateInstance *instance = state_add_instance(replay->state, record->address);
    bool is_deposed = record->deposed.len > 0;
    const StateObject *held = state_find_object(instance, record->deposed);
    if (!replay->is_exact && (held || !record->object))
        return false;
    instance = journal_replay_instance_of(replay, record);
    instance->has_outcome |= !is_deposed;
    if (!is_deposed)
        instance->current = record->object;
    else if (record->object)
        state_set_deposed(instance, record->deposed, record->object, replay->state->arena);
    else
        state_remove_deposed(instance, record->deposed);
    return true;
}

/* If another program changed the state since, move only the recorded object: the state may hold its
 * successor. */
static bool is_meant(const Replay *replay, const JournalRecord *record, const StateObject *object) {
    if (replay->is_exact)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("digest");
    return str_equal(journal_record_digest(object, scratch), record->digest);
}

/* Returns whether the record counts as a change of the state. */
static bool apply_move(Replay *replay, const JournalRecord *record) {
    StateInstance *instance = journal_replay_instance_of(replay, record);
    const StateObject *deposed = state_find_deposed(instance, record->deposed);
    bool deposes = record->kind == RECORD_DEPOSE && instance->current && !deposed;
    if (deposes && is_meant(replay, record, instance->current)) {
        state_set_deposed(instance, record->deposed, instance->current, replay->state->arena);
        instance->current = NULL;
        return true;
    }
    if (record->kind == RECORD_RESTORE && deposed && !instance->current) {
        state_remove_deposed(instance, record->deposed);
        instance->current = deposed;
        return true;
    }
    return replay->is_exact;
}

/* A run begins a creation only after it has read that no object exists. If the older state file
 * still has one, that object is gone. */
static void apply_creation(Replay *replay, const JournalRecord *record) {
    bool creates = record->pending.action == PENDING_CREATE;
    StateInstance *instance = state_find_instance(replay->state, record->address);
    if (!creates || record->deposed.len > 0 || !instance || !instance->current)
        return;
    if (!replay->is_exact)
        return;
    instance->current = NULL;
    replay->any_applied = true;
}

static void note_outcome(Replay *replay, const JournalRecord *record) {
    bool has_address = record->address.type.len > 0 && record->deposed.len == 0;
    StateInstance *instance =
        has_address ? state_find_instance(replay->state, record->address) : NULL;
    if (instance)
        instance->has_outcome = true;
}

/* The state file has this record, except for what the rest of a saved plan needs. */
static void skip_record(Replay *replay, const JournalRecord *record) {
    if (record->kind == RECORD_START) {
        replay->plan = record->plan;
        replay->state->is_of_plan = record->plan.len > 0;
    }
    if (record->kind == RECORD_OUTCOME)
        note_outcome(replay, record);
}

/* Raises the serial for each run that changed the state, as a checkpoint would. So older plans
 * become stale and no generation is used twice. */
static void end_stretch(Replay *replay) {
    if (replay->any_applied)
        replay->state->serial++;
    replay->any_applied = false;
}

static void apply_records(Replay *replay) {
    for (size_t i = 0; i < replay->text.records.count; i++) {
        const JournalRecord *record = &replay->text.records.items[i];
        if (i < replay->first) {
            skip_record(replay, record);
            continue;
        }
        switch (record->kind) {
        case RECORD_START:
            end_stretch(replay);
            replay->is_exact = record->serial == replay->state->serial;
            replay->plan = replay->is_exact ? record->plan : STR_EMPTY;
            break;
        case RECORD_OUTCOME: replay->any_applied |= apply_outcome(replay, record); break;
        case RECORD_DEPOSE:
        case RECORD_RESTORE: replay->any_applied |= apply_move(replay, record); break;
        case RECORD_INTENT: apply_creation(replay, record); break;
        case RECORD_END: note_outcome(replay, record); break;
        case RECORD_FOLD:
        case RECORD_PART_BEGIN:
        case RECORD_PART_END: break;
        }
    }
    end_stretch(replay);
}

static Str slot_key(const JournalRecord *record, Arena *arena) {
    Str address = resource_addr_to_str(record->address, arena);
    return str_format(arena, "%.*s %.*s", STR_ARG(address), STR_ARG(record->deposed));
}

/* The begun parts of one call. */
typedef struct BegunParts {
    StateParts parts;
    Map places; /* key → index + 1 */
} BegunParts;

static Str sequence_key(const JournalRecord *record, Arena *arena) {
    return str_format(arena, "%llu", (unsigned long long)record->sequence);
}

/* Sequences are unique within a journal. */
static void note_part(Replay *replay, Map *begun, const JournalRecord *record) {
    Str key = sequence_key(record, begun->arena);
    BegunParts *call = map_find(begun, key);
    if (!call) {
        call = arena_new(begun->arena, BegunParts);
        call->places = map_new(begun->arena);
        map_set(begun, key, call);
    }
    size_t place = (size_t)(uintptr_t)map_find(&call->places, record->part);
    if (record->kind == RECORD_PART_END && place > 0) {
        StatePart *part = &call->parts.items[place - 1];
        part->has_ended = true;
        part->private_data = record->pending.private_data;
    } else if (record->kind == RECORD_PART_BEGIN && place == 0) {
        StatePart part = {.key = record->part,
                          .action = record->pending.action,
                          .marker = record->pending.marker};
        vec_push(replay->arena, &call->parts, part);
        map_set(&call->places, record->part, (void *)(uintptr_t)call->parts.count);
    }
}

/* A creation in doubt is never replaced by another call, since nothing else in the state refers to
 * its object. Other calls concern an object in the state, whose refresh shows their outcome. */
static void set_pending(Replay *replay, const JournalRecord *record, const BegunParts *begun) {
    StateInstance *instance = journal_replay_instance_of(replay, record);
    const StatePending *before = instance->pending;
    bool creates = record->pending.action == PENDING_CREATE;
    if (before && before->action == PENDING_CREATE && !creates)
        return;
    StatePending *pending = arena_new(replay->arena, StatePending);
    *pending = record->pending;
    pending->deposed = record->deposed;
    if (before && before->generation > pending->generation)
        pending->generation = before->generation;
    if (begun)
        pending->parts = begun->parts;
    instance->pending = pending;
}

/* An outcome ends its own intent and every earlier intent for the same slot: a run recovers the
 * call in doubt before it creates an object there. */
static void find_pending(Replay *replay) {
    SCOPED(ArenaRef) scratch = arena_open("pending");
    Map ended = map_new(scratch);   /* sequence → its `end` or outcome record */
    Map settled = map_new(scratch); /* slot → its last outcome */
    Map begun = map_new(scratch);   /* sequence → BegunParts */
    vec_each(&replay->text.records, record) {
        bool ends = record->kind == RECORD_OUTCOME || record->kind == RECORD_END;
        if (ends && record->sequence > 0)
            map_set(&ended, sequence_key(record, scratch), record);
        if (record->kind == RECORD_OUTCOME)
            map_set(&settled, slot_key(record, scratch), record);
        if (record->kind == RECORD_PART_BEGIN || record->kind == RECORD_PART_END)
            note_part(replay, &begun, record);
    }
    vec_each(&replay->text.records, record) {
        if (record->kind != RECORD_INTENT)
            continue;
        Str key = sequence_key(record, scratch);
        const JournalRecord *last = map_find(&settled, slot_key(record, scratch));
        if (!map_has(&ended, key) && last < record)
            set_pending(replay, record, map_find(&begun, key));
    }
}

/* Returns true for a journal without calls and changes: a mark, or an empty text. */
static bool is_mark(const JournalText *text) {
    vec_each(&text->records, record) {
        bool is_note = record->kind == RECORD_END && record->sequence == 0;
        if (record->kind != RECORD_START && record->kind != RECORD_FOLD && !is_note)
            return false;
    }
    return true;
}

/* A mark of another state is no error: it has nothing to replay. */
static bool has_lineage_of(const JournalText *text, const State *state) {
    vec_each(&text->records, record) {
        if (record->kind == RECORD_START && !str_equal(record->lineage, state->lineage))
            return false;
    }
    return true;
}

/* Returns the plan of a run that died before its first call and before the first state was stored;
 * empty if it had none. */
static Str journal_replay_last_plan(const JournalText *text) {
    Str plan = STR_EMPTY;
    vec_each(&text->records, record) {
        if (record->kind == RECORD_START)
            plan = record->plan;
    }
    return plan;
}

bool journal_replay(JournalStore *store, const Disk *aside, State *state, bool *found, Arena *arena,
                    Diags *diags) {
    Str bytes, problem;
    Replay replay = {
        .state = state, .store = store, .name = store->name, .arena = arena, .diags = diags};
    *found = false;
    if (!store->read(store, &bytes, found, &problem, arena))
        return report_problem(&replay, problem, "reading it");
    if (!*found)
        return true;
    journal_text_read(bytes, &replay.text, arena);
    if (replay.text.damage_count > 0)
        return reject_damage(&replay, aside);
    *found = !is_mark(&replay.text);
    if (!*found && replay.text.records.count > 0) /* none: the run died before its first record */
        state->mark = digest_hex(DIGEST_SHA256, bytes, arena);
    if (!*found && !has_lineage_of(&replay.text, state)) {
        if (state->serial == 0)
            state->begun_plan = journal_replay_last_plan(&replay.text);
        return true;
    }
    if (!check_lineage(&replay))
        return false;
    journal_replay_find_fold(&replay);
    apply_records(&replay);
    state->begun_plan = replay.plan;
    find_pending(&replay);
    state_compact(state);
    return true;
}
