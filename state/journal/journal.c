/* journal: appends records, groups syncs, and folds. journal_replay.c reads journals. */
#include "journal.h"
#include "digest.h"
#include "journal_text.h"
#include "log.h"
#include "statefile.h"
#include "thread.h"

#define RUNNING_COMPLETE                                                                           \
    "No new operation starts; running operations complete, and the state records them."

/* An intent whose call has not ended, with its line, which a fold keeps. */
typedef struct InFlight {
    uint64_t sequence;
    uint64_t ticket; /* of its intent */
    Str line;        /* without line end */
    StrVec parts;    /* lines of its parts, without line ends */
    Arena *arena;    /* of `line` and `parts` */
    bool has_ended; /* ended, but its outcome could not be appended: the next checkpoint holds it */
} InFlight;

typedef VEC(InFlight) InFlights;

struct Journal {
    pthread_mutex_t mutex;
    pthread_cond_t sync_ended;
    JournalStore *store;
    const Clock *clock;
    Str lineage;
    uint64_t serial;
    Str plan; /* digest of the saved plan that is applied; empty: none */
    bool is_plan_complete;
    Arena *arena; /* of the in-flight list and of `broken`; guarded by the mutex */
    /* Records of an earlier run, which this run continues. */
    bool has_leftover;
    bool has_text; /* the store has a journal */
    Str cleaned;   /* the readable lines, if the last line is torn; replaces the journal before the
                      first append */
    bool needs_cleaning;

    bool has_start;
    uint64_t record_count; /* in the text in the store */
    uint64_t appended; /* records appended, over all texts; also the ticket of a waiting thread */
    uint64_t durable;  /* of the appended records */
    bool is_syncing;
    Str broken;   /* why records cannot be made durable any more; empty: they can */
    bool has_gap; /* a record could not be appended */
    uint64_t sync_count;
    uint64_t next_sequence;
    InFlights in_flight;

    bool is_announced;
    Arena *kept_arena;
    StrVec kept; /* lines of calls in flight or in doubt at the announcement */
    StrBuf tail; /* lines appended since the announcement */
};

/* Adds an error unless `problem` is empty; returns whether it is empty. */
static bool journal_report(const Journal *journal, Str problem, const char *meaning, Diags *diags) {
    if (problem.len == 0)
        return true;
    const char *setting = journal->store->setting;
    return diags_fail(
        diags, NO_RANGE, "Journal not written",
        "Writing \"%.*s\" failed: %.*s. %s Fix the cause%s%s%s, then run the same command again.",
        STR_ARG(journal->store->name), STR_ARG(problem), meaning, setting ? ", or set " : "",
        setting ? setting : "", setting ? " to a directory that you can write" : "");
}

/* journal_replay has read this text, so it can only be torn at its end. Other damage occurred
 * during this run. */
static Str read_leftover(Journal *journal, Str bytes) {
    SCOPED(ArenaRef) scratch = arena_open("journal leftover");
    JournalText text;
    journal_text_read(bytes, &text, scratch);
    if (text.damage_count > 0)
        return STR("it was damaged while this command ran");
    vec_each(&text.records, record) {
        if (record->sequence >= journal->next_sequence)
            journal->next_sequence = record->sequence + 1;
    }
    journal->needs_cleaning = text.is_torn;
    journal->cleaned = text.is_torn ? journal_text_write(&text, journal->arena) : STR_EMPTY;
    journal->record_count = text.records.count;
    return STR_EMPTY;
}

void journal_set_base(Journal *journal, const State *state) {
    LOCKED(&journal->mutex);
    journal->lineage = str_clone(state->lineage, journal->arena);
    journal->serial = state->serial;
}

void journal_set_plan(Journal *journal, Str digest) {
    LOCKED(&journal->mutex);
    journal->plan = str_clone(digest, journal->arena);
}

void journal_complete_plan(Journal *journal) {
    LOCKED(&journal->mutex);
    journal->is_plan_complete = true;
}

static bool keeps_plan(const Journal *journal) {
    return journal->plan.len > 0 && !journal->is_plan_complete;
}

bool journal_has_plan(const Journal *journal) {
    Journal *shared = (Journal *)journal;
    LOCKED(&shared->mutex);
    return keeps_plan(shared) && shared->has_text;
}

bool journal_open(JournalStore *store, const Clock *clock, const State *state, Journal **out,
                  Arena *arena, Diags *diags) {
    Journal *journal = arena_new(arena, Journal);
    journal->store = store;
    journal->clock = clock;
    journal->next_sequence = 1;
    SCOPED(ArenaRef) scratch = arena_open("journal leftover");
    Str bytes, problem;
    if (!store->read(store, &bytes, &journal->has_text, &problem, scratch))
        return journal_report(journal, problem, "Nothing was changed.", diags);
    pthread_mutex_init(&journal->mutex, NULL);
    pthread_cond_init(&journal->sync_ended, NULL);
    journal->arena = arena_open("journal");
    if (journal->has_text)
        problem = read_leftover(journal, bytes);
    if (journal->has_text && problem.len > 0) {
        journal_close(journal);
        return journal_report(journal, problem, "Nothing was changed.", diags);
    }
    journal->has_leftover = journal->has_text;
    journal_set_base(journal, state);
    *out = journal;
    return true;
}

void journal_close(Journal *journal) {
    if (!journal)
        return;
    journal->store->close(journal->store);
    vec_each(&journal->in_flight, place) {
        arena_close(place->arena);
    }
    arena_close(journal->kept_arena);
    arena_close(journal->arena);
    pthread_cond_destroy(&journal->sync_ended);
    pthread_mutex_destroy(&journal->mutex);
}

static void write_numbered(JournalRecord *record, uint64_t number, StrBuf *out) {
    record->number = number;
    journal_record_write(record, out);
}

static void journal_add_start(Journal *journal, Str plan, uint64_t *count, StrBuf *out) {
    SCOPED(ArenaRef) scratch = arena_open("journal start");
    const Clock *clock = journal->clock;
    JournalRecord start = {
        .kind = RECORD_START,
        .lineage = journal->lineage,
        .serial = journal->serial,
        .time = clock_format_rfc3339(clock->now_ms(clock->self), scratch),
        .plan = plan,
    };
    write_numbered(&start, ++*count, out);
}

static Str journal_clean(Journal *journal, Arena *arena) {
    Str problem;
    if (!journal->needs_cleaning)
        return STR_EMPTY;
    if (!journal->store->replace(journal->store, journal->cleaned, &problem, arena))
        return problem;
    journal->needs_cleaning = false;
    return STR_EMPTY;
}

static Str append_text(Journal *journal, Str text, Arena *arena) {
    Str problem = journal_clean(journal, arena);
    if (problem.len > 0)
        return problem;
    if (!journal->store->append(journal->store, text, &problem, arena))
        return problem;
    journal->has_text = true;
    if (journal->is_announced)
        strbuf_add(&journal->tail, text);
    return STR_EMPTY;
}

static InFlight in_flight(const JournalRecord *record, Str line) {
    Arena *arena = arena_open("intent");
    Str bare = str_slice(line, 0, line.len - 1);
    return (InFlight){.sequence = record->sequence, .line = str_clone(bare, arena), .arena = arena};
}

/* Needs the mutex. Returns the problem; empty on success. */
static Str journal_append(Journal *journal, JournalRecord *record, InFlight *place, Arena *arena) {
    if (journal->broken.len > 0)
        return journal->broken;
    SCOPED(ArenaRef) scratch = arena_open("journal append");
    StrBuf text = strbuf_new(scratch);
    uint64_t count = journal->record_count;
    if (!journal->has_start)
        journal_add_start(journal, journal->plan, &count, &text);
    size_t start = text.len;
    write_numbered(record, ++count, &text);
    Str problem = append_text(journal, strbuf_str(&text), arena);
    if (problem.len > 0)
        return problem;
    journal->has_start = true;
    journal->record_count = count;
    journal->appended++;
    journal_record_log(record);
    if (place) {
        *place = in_flight(record, str_after(strbuf_str(&text), start));
        place->ticket = journal->appended;
    }
    return STR_EMPTY;
}

static void drop_in_flight(Journal *journal, uint64_t sequence) {
    InFlights *list = &journal->in_flight;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].sequence == sequence) {
            arena_close(list->items[i].arena);
            list->items[i] = vec_last(list);
            list->count--;
            return;
        }
    }
}

static InFlight *find_in_flight(Journal *journal, uint64_t sequence) {
    vec_each(&journal->in_flight, place) {
        if (place->sequence == sequence)
            return place;
    }
    return NULL;
}

/* Makes everything appended so far durable. Needs the mutex, and releases it during the sync. */
static void sync_now(Journal *journal, Arena *arena) {
    Str problem = STR_EMPTY;
    uint64_t covered = journal->appended;
    journal->is_syncing = true;
    journal->sync_count++;
    pthread_mutex_unlock(&journal->mutex);
    int64_t began_ms = log_clock_ms();
    bool ok = journal->store->sync(journal->store, &problem, arena);
    log_debug("journal sync", log_text("journal", journal->store->name),
              log_number("records", (int64_t)covered), log_number("ok", ok), log_took(began_ms));
    pthread_mutex_lock(&journal->mutex);
    journal->is_syncing = false;
    if (ok) {
        journal->durable = covered;
    } else {
        /* The kernel may have dropped the unsynced pages, so a later successful sync would prove
         * nothing. */
        journal->broken = str_clone(problem, journal->arena);
    }
    pthread_cond_broadcast(&journal->sync_ended);
}

/* Waits until the record of this ticket is durable. Needs the mutex. One thread syncs for all
 * waiting threads; later arrivals share the next sync. */
static Str journal_wait_for(Journal *journal, uint64_t ticket, Arena *arena) {
    while (journal->durable < ticket && journal->broken.len == 0) {
        if (journal->is_syncing)
            pthread_cond_wait(&journal->sync_ended, &journal->mutex);
        else
            sync_now(journal, arena);
    }
    return journal->durable >= ticket ? STR_EMPTY : journal->broken;
}

static Str wait_durable(Journal *journal, Arena *arena) {
    return journal_wait_for(journal, journal->appended, arena);
}

/* Waits until no sync is running, since a fold replaces the text that is being synced. */
static void wait_idle(Journal *journal) {
    while (journal->is_syncing)
        pthread_cond_wait(&journal->sync_ended, &journal->mutex);
}

bool journal_has_leftover(const Journal *journal) {
    Journal *shared = (Journal *)journal;
    LOCKED(&shared->mutex);
    return shared->has_leftover;
}

bool journal_is_whole(Journal *journal) {
    SCOPED(ArenaRef) scratch = arena_open("journal whole");
    LOCKED(&journal->mutex);
    return !journal->has_gap && wait_durable(journal, scratch).len == 0;
}

uint64_t journal_sync_count(const Journal *journal) {
    Journal *shared = (Journal *)journal;
    LOCKED(&shared->mutex);
    return shared->sync_count;
}

static JournalRecord intent_record(const JournalIntent *intent) {
    return (JournalRecord){
        .kind = RECORD_INTENT,
        .address = intent->address,
        .provider_config = intent->provider_config,
        .deposed = intent->deposed,
        .pending =
            {
                .action = intent->action,
                .generation = intent->generation,
                .marker = intent->marker,
                .private_data = intent->private_data,
                .planned = intent->planned,
                .sensitive = intent->sensitive,
                .schema_version = intent->schema_version,
                .is_provisioned = intent->is_provisioned,
                .dependencies = intent->dependencies,
                .dependency_count = intent->dependency_count,
            },
    };
}

/* Needs the mutex. The call of an intent that is not durable must not begin. */
static Str commit(Journal *journal, uint64_t sequence, Arena *scratch) {
    const InFlight *place = find_in_flight(journal, sequence);
    CHECK(place);
    Str problem = journal_wait_for(journal, place->ticket, scratch);
    if (problem.len > 0)
        drop_in_flight(journal, sequence);
    return problem;
}

bool journal_commit(Journal *journal, uint64_t sequence, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("journal commit");
    pthread_mutex_lock(&journal->mutex);
    Str problem = commit(journal, sequence, scratch);
    pthread_mutex_unlock(&journal->mutex);
    return journal_report(journal, problem, "No new operation starts.", diags);
}

bool journal_intent(Journal *journal, const JournalIntent *intent, uint64_t *sequence,
                    Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("journal intent");
    JournalRecord record = intent_record(intent);
    InFlight place;
    pthread_mutex_lock(&journal->mutex);
    record.sequence = journal->next_sequence++;
    Str problem = journal_append(journal, &record, &place, scratch);
    if (problem.len == 0) {
        vec_push(journal->arena, &journal->in_flight, place);
        if (!intent->is_batched)
            problem = commit(journal, record.sequence, scratch);
    }
    pthread_mutex_unlock(&journal->mutex);
    if (!journal_report(journal, problem, "No new operation starts.", diags))
        return false;
    *sequence = record.sequence;
    return true;
}

/* Stores the line of a part with its intent, for folds. Needs the mutex. */
static Str append_part(Journal *journal, JournalRecord *record, Arena *scratch) {
    InFlight line;
    Str problem = journal_append(journal, record, &line, scratch);
    if (problem.len > 0)
        return problem;
    InFlight *place = find_in_flight(journal, record->sequence);
    if (place)
        vec_push(place->arena, &place->parts, str_clone(line.line, place->arena));
    arena_close(line.arena);
    return STR_EMPTY;
}

static JournalRecord part_record(RecordKind kind, uint64_t sequence, const StatePart *part) {
    return (JournalRecord){
        .kind = kind,
        .sequence = sequence,
        .part = part->key,
        .pending = {.action = part->action,
                    .marker = part->marker,
                    .private_data = part->private_data},
    };
}

bool journal_parts(Journal *journal, uint64_t sequence, const StateParts *parts, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("journal part");
    Str problem = STR_EMPTY;
    bool must_sync = journal->store->is_buffered;
    pthread_mutex_lock(&journal->mutex);
    for (size_t i = 0; i < parts->count && problem.len == 0; i++) {
        const StatePart *part = &parts->items[i];
        JournalRecord record =
            part_record(part->has_ended ? RECORD_PART_END : RECORD_PART_BEGIN, sequence, part);
        must_sync = must_sync || !part->has_ended;
        problem = append_part(journal, &record, scratch);
    }
    if (problem.len == 0 && must_sync)
        problem = wait_durable(journal, scratch);
    pthread_mutex_unlock(&journal->mutex);
    return journal_report(journal, problem, "No new operation starts.", diags);
}

static bool append_alone(Journal *journal, JournalRecord *record, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("journal outcome");
    pthread_mutex_lock(&journal->mutex);
    Str problem = journal_append(journal, record, NULL, scratch);
    if (problem.len == 0) {
        drop_in_flight(journal, record->sequence);
    } else {
        InFlight *place = find_in_flight(journal, record->sequence);
        if (place)
            place->has_ended = true;
        /* A lost record without an outside effect is harmless: the next run repeats the
         * operation. */
        bool is_effectless = record->kind == RECORD_OUTCOME && record->sequence == 0;
        journal->has_gap |= !is_effectless;
    }
    pthread_mutex_unlock(&journal->mutex);
    return journal_report(journal, problem, RUNNING_COMPLETE, diags);
}

bool journal_outcome(Journal *journal, uint64_t sequence, const JournalOutcome *outcome,
                     Diags *diags) {
    JournalRecord record = {
        .kind = RECORD_OUTCOME,
        .sequence = sequence,
        .address = outcome->address,
        .provider_config = outcome->provider_config,
        .deposed = outcome->deposed,
        .object = outcome->object,
    };
    return append_alone(journal, &record, diags);
}

bool journal_flush(Journal *journal, Diags *diags) {
    if (!journal->store->is_buffered)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("journal flush");
    pthread_mutex_lock(&journal->mutex);
    Str problem = wait_durable(journal, scratch);
    pthread_mutex_unlock(&journal->mutex);
    return journal_report(journal, problem, RUNNING_COMPLETE, diags);
}

bool journal_end(Journal *journal, uint64_t sequence, Diags *diags) {
    JournalRecord record = {.kind = RECORD_END, .sequence = sequence};
    return append_alone(journal, &record, diags);
}

bool journal_depose(Journal *journal, ResourceAddr address, Str key, const StateObject *object,
                    Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("depose");
    JournalRecord record = {
        .kind = RECORD_DEPOSE,
        .address = address,
        .deposed = key,
        .digest = journal_record_digest(object, scratch),
    };
    return append_alone(journal, &record, diags);
}

bool journal_restore(Journal *journal, ResourceAddr address, Str key, Diags *diags) {
    JournalRecord record = {.kind = RECORD_RESTORE, .address = address, .deposed = key};
    return append_alone(journal, &record, diags);
}

static void keep_line(Journal *journal, Str line) {
    vec_push(journal->kept_arena, &journal->kept, str_clone(line, journal->kept_arena));
}

static void keep_in_flight(Journal *journal) {
    vec_each(&journal->in_flight, place) {
        if (place->has_ended)
            continue;
        keep_line(journal, place->line);
        vec_each(&place->parts, line) {
            keep_line(journal, *line);
        }
    }
}

static void keep_record(Journal *journal, const JournalRecord *record) {
    StrBuf line = strbuf_new(journal->kept_arena);
    journal_record_write(record, &line);
    vec_push(journal->kept_arena, &journal->kept, (Str){line.ptr, line.len - 1});
}

static void journal_keep_parts(Journal *journal, uint64_t sequence, const StateParts *parts) {
    vec_each(parts, part) {
        JournalRecord record = part_record(RECORD_PART_BEGIN, sequence, part);
        record.pending.private_data = STR_EMPTY;
        keep_record(journal, &record);
    }
    vec_each(parts, part) {
        JournalRecord record = part_record(RECORD_PART_END, sequence, part);
        record.pending.action = PENDING_NONE;
        record.pending.marker = STR_EMPTY;
        if (part->has_ended)
            keep_record(journal, &record);
    }
}

/* An `end` without intent: the apply of a saved plan has changed the instance. Older releases skip
 * it. */
static void keep_outcome(Journal *journal, const StateResource *resource, InstanceKey key) {
    JournalRecord record = {.kind = RECORD_END, .address = resource->address};
    record.address.key = key;
    if (keeps_plan(journal) && resource->address.mode == MODE_MANAGED)
        keep_record(journal, &record);
}

/* Keeps the intents of earlier runs whose outcome is still unknown, under new sequence numbers. */
static void keep_in_doubt(Journal *journal, const State *state) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            if (instance->has_outcome && instance->current)
                keep_outcome(journal, resource, instance->key);
            if (!instance->pending)
                continue;
            JournalRecord record = {
                .kind = RECORD_INTENT,
                .sequence = journal->next_sequence++,
                .address = resource->address,
                .provider_config = state_provider_config(resource, instance),
                .deposed = instance->pending->deposed,
                .pending = *instance->pending,
            };
            record.address.key = instance->key;
            keep_record(journal, &record);
            journal_keep_parts(journal, record.sequence, &instance->pending->parts);
        }
    }
}

static void open_fold(Journal *journal) {
    arena_close(journal->kept_arena);
    journal->kept_arena = arena_open("journal fold");
    journal->kept = (StrVec){0};
    journal->tail = strbuf_new(journal->kept_arena);
}

static void begin_fold(Journal *journal, const State *state, Str digest) {
    JournalRecord mark = {.kind = RECORD_FOLD, .serial = state->serial, .digest = digest};
    open_fold(journal);
    if (digest.len > 0)
        keep_record(journal, &mark); /* before the calls that it does not hold */
    keep_in_doubt(journal, state);
    keep_in_flight(journal);
}

/* Covers a crash between the write of the state file and the fold. If appending fails, the fold
 * still replaces the broken journal. */
static void append_fold(Journal *journal, const State *state, Str digest) {
    if (!journal->has_text && !keeps_plan(journal))
        return;
    SCOPED(ArenaRef) scratch = arena_open("journal fold");
    JournalRecord record = {.kind = RECORD_FOLD, .serial = state->serial, .digest = digest};
    Str problem = journal_append(journal, &record, NULL, scratch);
    if (problem.len == 0)
        problem = wait_durable(journal, scratch);
    if (problem.len > 0)
        log_debug("journal fold not announced", log_text("journal", journal->store->name),
                  log_text("problem", problem));
}

void journal_announce(Journal *journal, const State *state, Str text) {
    SCOPED(ArenaRef) scratch = arena_open("announce");
    Str digest = digest_hex(DIGEST_SHA256, text, scratch);
    LOCKED(&journal->mutex);
    append_fold(journal, state, digest);
    begin_fold(journal, state, keeps_plan(journal) ? digest : STR_EMPTY);
    journal->is_announced = true;
}

static void journal_add_line(Str line, uint64_t *count, StrBuf *out) {
    SCOPED(ArenaRef) scratch = arena_open("journal line");
    JournalRecord record;
    if (journal_record_parse(line, &record, scratch))
        write_numbered(&record, ++*count, out);
}

/* Builds the folded text: calls that have not ended, then the lines appended since the
 * announcement. */
static void rewritten(Journal *journal, uint64_t *count, StrBuf *out) {
    if (journal->kept.count == 0 && journal->tail.len == 0)
        return;
    journal_add_start(journal, keeps_plan(journal) ? journal->plan : STR_EMPTY, count, out);
    vec_each(&journal->kept, line) {
        journal_add_line(*line, count, out);
    }
    JournalLine line = {0};
    while (journal_record_next_line(strbuf_str(&journal->tail), &line))
        journal_add_line(line.text, count, out);
}

static void end_fold(Journal *journal, bool has_text, uint64_t count) {
    journal->has_leftover = false;
    journal->has_text = has_text;
    journal->has_start = has_text;
    journal->record_count = count;
    journal->needs_cleaning = false;
    journal->is_announced = false;
    journal->broken = STR_EMPTY;
    journal->has_gap = false;
    journal->durable = journal->appended;
    pthread_cond_broadcast(&journal->sync_ended);
}

static Str fold(Journal *journal, Arena *arena) {
    JournalStore *store = journal->store;
    StrBuf text = strbuf_new(arena);
    Str problem;
    uint64_t count = 0;
    rewritten(journal, &count, &text);
    bool ok = true;
    if (text.len > 0)
        ok = store->replace(store, strbuf_str(&text), &problem, arena);
    else if (journal->has_text)
        ok = store->remove(store, &problem, arena);
    if (!ok)
        return problem;
    end_fold(journal, text.len > 0, count);
    return STR_EMPTY;
}

void journal_mark(Journal *journal, const State *state, const State *written) {
    SCOPED(ArenaRef) scratch = arena_open("journal mark");
    JournalRecord mark = {
        .kind = RECORD_FOLD,
        .serial = written->serial,
        .digest = digest_hex(DIGEST_SHA256, statefile_encode(written, scratch), scratch),
    };
    LOCKED(&journal->mutex);
    open_fold(journal);
    keep_record(journal, &mark); /* before the calls that it does not hold */
    keep_in_doubt(journal, state);
    keep_in_flight(journal);
    journal->is_announced = true;
}

bool journal_fold(Journal *journal, const State *written, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("journal fold");
    pthread_mutex_lock(&journal->mutex);
    wait_idle(journal);
    if (!journal->is_announced)
        begin_fold(journal, written, STR_EMPTY);
    journal->lineage = str_clone(written->lineage, journal->arena);
    journal->serial = written->serial;
    Str problem = fold(journal, scratch);
    pthread_mutex_unlock(&journal->mutex);
    log_debug("journal fold", log_text("journal", journal->store->name),
              log_number("serial", (int64_t)written->serial), log_number("ok", problem.len == 0));
    return journal_report(journal, problem, "The state itself is saved.", diags);
}
