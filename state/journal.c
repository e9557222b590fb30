/* journal: appending, syncing for all who wait at once, and folding. Reading is journal_replay.c's.
 */
#include "journal.h"
#include "digest.h"
#include "journal_record.h"
#include "log.h"

#include <errno.h>
#include <pthread.h>

#define FILE_MODE 0600

/* An intent whose call has not ended, and where its line is. */
typedef struct InFlight {
    uint64_t sequence;
    uint64_t offset;
    size_t size;
    bool has_ended; /* but its outcome did not get into the journal: the next checkpoint has it */
} InFlight;

typedef VEC(InFlight) InFlights;

struct Journal {
    pthread_mutex_t mutex;
    pthread_cond_t sync_ended;
    const Disk *disk;
    const Clock *clock;
    Str path;
    Str lineage;
    uint64_t serial;
    Arena *arena; /* of the in-flight list and the announcement; under the mutex */
    /* What a run before left, and this one goes on with. */
    bool has_leftover;
    bool has_file;
    Str cleaned; /* its good lines, if there are bad ones: written before the first append */
    bool needs_cleaning;

    DiskFile file; /* 0: not opened yet */
    bool has_start;
    uint64_t size;
    uint64_t synced;   /* bytes of the file that are durable */
    uint64_t appended; /* records, over all files; tickets of those who wait */
    uint64_t durable;  /* of them */
    bool is_syncing;
    bool folder_is_synced;
    int broken; /* negative errno: nothing can be made durable any more */
    uint64_t sync_count;
    uint64_t next_sequence;
    InFlights in_flight;

    bool is_announced;
    uint64_t fold_at; /* what is appended from here on is not in the announced file */
    Arena *kept_arena;
    StrVec kept; /* lines of the calls in flight or in doubt at the announcement */
};

static bool report(const Journal *journal, int error, const char *meaning, Diags *diags) {
    diags_error(diags, NO_RANGE, "The journal cannot be written",
                "Writing \"%.*s\" failed: %s. %s Free space or mend the disk, then run the same "
                "command again.",
                STR_ARG(journal->path), strerror(-error), meaning);
    return false;
}

/* -- opening ------------------------------------------------------------------------------ */

static void read_leftover(Journal *journal, Str bytes) {
    StrBuf good = strbuf_new(journal->arena);
    JournalLine line = {0};
    while (journal_record_next_line(bytes, &line)) {
        SCOPED(ArenaRef) scratch = arena_open("journal line");
        JournalRecord record;
        if (!line.is_whole || !journal_record_parse(line.text, &record, scratch)) {
            journal->needs_cleaning = true;
            continue;
        }
        if (record.sequence >= journal->next_sequence)
            journal->next_sequence = record.sequence + 1;
        strbuf_add(&good, line.text);
        strbuf_add_char(&good, '\n');
    }
    journal->cleaned = strbuf_str(&good);
}

void journal_set_base(Journal *journal, const State *state) {
    pthread_mutex_lock(&journal->mutex);
    journal->lineage = str_clone(state->lineage, journal->arena);
    journal->serial = state->serial;
    pthread_mutex_unlock(&journal->mutex);
}

bool journal_open(
    const Io *io, Str path, const State *state, Journal **out, Arena *arena, Diags *diags) {
    Journal *journal = arena_new(arena, Journal);
    journal->disk = io->disk;
    journal->clock = io->clock;
    journal->path = str_clone(path, arena);
    journal->next_sequence = 1;
    SCOPED(ArenaRef) scratch = arena_open("journal leftover");
    Str bytes;
    int error = io->disk->read_file(io->disk->self, path, &bytes, scratch);
    if (error && error != -ENOENT)
        return report(journal, error, "Nothing was changed.", diags);
    pthread_mutex_init(&journal->mutex, NULL);
    pthread_cond_init(&journal->sync_ended, NULL);
    journal->arena = arena_open("journal");
    journal->has_file = error == 0;
    if (journal->has_file)
        read_leftover(journal, bytes);
    journal->has_leftover = journal->has_file;
    journal_set_base(journal, state);
    *out = journal;
    return true;
}

static void close_file(Journal *journal) {
    if (journal->file.handle)
        journal->disk->close(journal->disk->self, journal->file);
    journal->file = (DiskFile){0};
}

void journal_close(Journal *journal) {
    if (!journal)
        return;
    close_file(journal);
    arena_close(journal->kept_arena);
    arena_close(journal->arena);
    pthread_cond_destroy(&journal->sync_ended);
    pthread_mutex_destroy(&journal->mutex);
}

static int open_file(Journal *journal) {
    const Disk *disk = journal->disk;
    if (journal->needs_cleaning) {
        int error = disk->write_file(disk->self, journal->path, journal->cleaned, FILE_MODE);
        if (error)
            return error;
        journal->needs_cleaning = false;
    }
    unsigned flags = DISK_READ | DISK_WRITE | DISK_APPEND | DISK_CREATE;
    int error = disk->open(disk->self, journal->path, flags, FILE_MODE, &journal->file);
    if (error)
        return error;
    error = disk->size(disk->self, journal->file, &journal->size);
    if (error) {
        close_file(journal);
        return error;
    }
    journal->has_file = true;
    journal->has_start = false;
    journal->synced = 0;
    return 0;
}

/* -- appending ---------------------------------------------------------------------------- */

static void add_start(Journal *journal, StrBuf *out, Arena *scratch) {
    const Clock *clock = journal->clock;
    JournalRecord start = {
        .kind = RECORD_START,
        .lineage = journal->lineage,
        .serial = journal->serial,
        .time = clock_format_rfc3339(clock->now_ms(clock->self), scratch),
    };
    journal_record_write(&start, out);
}

/* A line that went in by half would make a bad one of what follows. */
static int append_bytes(Journal *journal, Str bytes) {
    const Disk *disk = journal->disk;
    int error = disk->append(disk->self, journal->file, bytes);
    if (error) {
        if (disk->truncate(disk->self, journal->file, journal->size) != 0)
            journal->broken = error;
        return error;
    }
    journal->size += bytes.len;
    return 0;
}

/* Under the mutex. */
static int append(Journal *journal, JournalRecord *record, InFlight *place) {
    if (journal->broken)
        return journal->broken;
    SCOPED(ArenaRef) scratch = arena_open("journal append");
    SCOPED(ArenaRef) pieces = arena_open("journal append");
    StrBuf text = strbuf_new(scratch);
    if (!journal->file.handle) {
        int error = open_file(journal);
        if (error)
            return error;
    }
    if (!journal->has_start)
        add_start(journal, &text, pieces);
    size_t start = text.len;
    uint64_t offset = journal->size;
    record->synced = journal->synced;
    journal_record_write(record, &text);
    int error = append_bytes(journal, strbuf_str(&text));
    if (error)
        return error;
    journal->has_start = true;
    journal->appended++;
    if (place)
        *place = (InFlight){record->sequence, offset + start, text.len - start, false};
    return 0;
}

static void forget(Journal *journal, uint64_t sequence) {
    InFlights *list = &journal->in_flight;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].sequence == sequence) {
            list->items[i] = vec_last(list);
            list->count--;
            return;
        }
    }
}

static void note_end(Journal *journal, uint64_t sequence) {
    vec_each(&journal->in_flight, place) {
        if (place->sequence == sequence)
            place->has_ended = true;
    }
}

/* -- syncing ------------------------------------------------------------------------------ */

/* Everything appended before the sync began is durable after it. Without the mutex. */
static int sync_now(Journal *journal, bool with_folder) {
    const Disk *disk = journal->disk;
    int error = disk->sync(disk->self, journal->file);
    if (!error && with_folder)
        error = disk->sync_folder(disk->self, disk_folder_of(journal->path));
    return error;
}

/* Under the mutex, which is let go while waiting. One thread syncs for all that wait; those that
 * come meanwhile share the next one. */
static int wait_durable(Journal *journal) {
    uint64_t ticket = journal->appended;
    while (journal->durable < ticket && !journal->broken) {
        if (journal->is_syncing) {
            pthread_cond_wait(&journal->sync_ended, &journal->mutex);
            continue;
        }
        uint64_t covered = journal->appended;
        uint64_t size = journal->size;
        bool with_folder = !journal->folder_is_synced;
        journal->is_syncing = true;
        journal->sync_count++;
        pthread_mutex_unlock(&journal->mutex);
        int error = sync_now(journal, with_folder);
        pthread_mutex_lock(&journal->mutex);
        journal->is_syncing = false;
        if (error) {
            /* What the kernel could not write it may have dropped: a later sync proves nothing. */
            journal->broken = error;
        } else {
            journal->durable = covered;
            journal->synced = size;
            journal->folder_is_synced = true;
        }
        pthread_cond_broadcast(&journal->sync_ended);
    }
    return journal->durable >= ticket ? 0 : journal->broken;
}

/* A fold replaces the file; nobody may be syncing the old one then. */
static void wait_idle(Journal *journal) {
    while (journal->is_syncing)
        pthread_cond_wait(&journal->sync_ended, &journal->mutex);
}

bool journal_has_leftover(const Journal *journal) {
    Journal *shared = (Journal *)journal;
    pthread_mutex_lock(&shared->mutex);
    bool has = shared->has_leftover;
    pthread_mutex_unlock(&shared->mutex);
    return has;
}

uint64_t journal_sync_count(const Journal *journal) {
    Journal *shared = (Journal *)journal;
    pthread_mutex_lock(&shared->mutex);
    uint64_t count = shared->sync_count;
    pthread_mutex_unlock(&shared->mutex);
    return count;
}

/* -- records ------------------------------------------------------------------------------ */

static JournalRecord intent_record(const JournalIntent *intent) {
    return (JournalRecord){
        .kind = RECORD_INTENT,
        .address = intent->address,
        .provider = {intent->provider,           intent->provider_alias, intent->provider_module,
                     intent->provider_key                },
        .deposed = intent->deposed,
        .pending =
            {
                     .action = intent->action,
                     .generation = intent->generation,
                     .identity = intent->identity,
                     .planned = intent->planned,
                     .schema_version = intent->schema_version,
                     .is_provisioned = intent->is_provisioned,
                     .dependencies = intent->dependencies,
                     .dependency_count = intent->dependency_count,
                     },
    };
}

bool journal_intent(Journal *journal,
                    const JournalIntent *intent,
                    uint64_t *sequence,
                    Diags *diags) {
    JournalRecord record = intent_record(intent);
    InFlight place;
    pthread_mutex_lock(&journal->mutex);
    record.sequence = journal->next_sequence++;
    int error = append(journal, &record, &place);
    if (!error) {
        vec_push(journal->arena, &journal->in_flight, place);
        error = wait_durable(journal);
        if (error)
            forget(journal, record.sequence);
    }
    pthread_mutex_unlock(&journal->mutex);
    if (error)
        return report(journal, error, "So the operation was not begun.", diags);
    *sequence = record.sequence;
    return true;
}

static bool append_alone(Journal *journal, JournalRecord *record, Diags *diags) {
    pthread_mutex_lock(&journal->mutex);
    int error = append(journal, record, NULL);
    if (!error) {
        forget(journal, record->sequence);
    } else {
        note_end(journal, record->sequence);
    }
    pthread_mutex_unlock(&journal->mutex);
    if (!error)
        return true;
    return report(journal, error, "What was done is in memory, and is saved with the state.",
                  diags);
}

bool journal_outcome(Journal *journal,
                     uint64_t sequence,
                     const JournalOutcome *outcome,
                     Diags *diags) {
    JournalRecord record = {
        .kind = RECORD_OUTCOME,
        .sequence = sequence,
        .address = outcome->address,
        .provider = {outcome->provider, outcome->provider_alias, outcome->provider_module,
                     outcome->provider_key},
        .deposed = outcome->deposed,
        .object = outcome->object,
    };
    return append_alone(journal, &record, diags);
}

bool journal_end(Journal *journal, uint64_t sequence, Diags *diags) {
    JournalRecord record = {.kind = RECORD_END, .sequence = sequence};
    return append_alone(journal, &record, diags);
}

bool journal_depose(
    Journal *journal, ResourceAddr address, Str key, const StateObject *object, Diags *diags) {
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

/* -- folding ------------------------------------------------------------------------------ */

/* What is rewritten is durable as a whole, and its old claims about bytes mean nothing any more. */
static void rewrite(JournalRecord *record, StrBuf *out) {
    record->synced = 0;
    journal_record_write(record, out);
}

static int keep_in_flight(Journal *journal) {
    const Disk *disk = journal->disk;
    vec_each(&journal->in_flight, place) {
        if (place->has_ended)
            continue;
        char *bytes = arena_alloc(journal->kept_arena, place->size);
        size_t got = 0;
        int error = disk->read(disk->self, journal->file, place->offset, bytes, place->size, &got);
        if (error || got != place->size)
            return error ? error : -EIO;
        vec_push(journal->kept_arena, &journal->kept, (Str){bytes, place->size - 1});
    }
    return 0;
}

/* Calls of runs before, of which nobody has learned yet what became of them. They get new sequence
 * numbers: their old ones are known to nobody. */
static void keep_in_doubt(Journal *journal, const State *state) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            if (!instance->pending)
                continue;
            JournalRecord record = {
                .kind = RECORD_INTENT,
                .sequence = journal->next_sequence++,
                .address = resource->address,
                .provider = {resource->provider, resource->provider_alias,
                             resource->provider_module, instance->provider_key},
                .deposed = instance->pending->deposed,
                .pending = *instance->pending,
            };
            record.address.key = instance->key;
            StrBuf line = strbuf_new(journal->kept_arena);
            journal_record_write(&record, &line);
            vec_push(journal->kept_arena, &journal->kept, (Str){line.ptr, line.len - 1});
        }
    }
}

static int begin_fold(Journal *journal, const State *state) {
    arena_close(journal->kept_arena);
    journal->kept_arena = arena_open("journal fold");
    journal->kept = (StrVec){0};
    journal->fold_at = journal->size;
    keep_in_doubt(journal, state);
    return journal->file.handle ? keep_in_flight(journal) : 0;
}

/* The record serves a crash between here and the fold. Where it cannot be written the fold is worth
 * trying all the same: it replaces what is broken. */
static void append_fold(Journal *journal, const State *state, Str digest) {
    if (!journal->has_file)
        return;
    JournalRecord record = {.kind = RECORD_FOLD, .serial = state->serial, .digest = digest};
    int error = append(journal, &record, NULL);
    if (!error)
        error = wait_durable(journal);
    if (error)
        log_debug("journal fold not announced path=%.*s error=%d", STR_ARG(journal->path), error);
}

bool journal_announce(Journal *journal, const State *state, Str text, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("announce");
    Str digest = digest_hex(DIGEST_SHA256, text, scratch);
    pthread_mutex_lock(&journal->mutex);
    append_fold(journal, state, digest);
    int error = begin_fold(journal, state);
    journal->is_announced = error == 0;
    pthread_mutex_unlock(&journal->mutex);
    return !error || report(journal, error, "The state is saved all the same.", diags);
}

static void add_line(Journal *journal, Str line, StrBuf *out, InFlights *moved) {
    SCOPED(ArenaRef) scratch = arena_open("journal line");
    JournalRecord record;
    if (!journal_record_parse(line, &record, scratch))
        return;
    size_t offset = out->len;
    rewrite(&record, out);
    if (record.kind != RECORD_INTENT)
        return;
    vec_each(&journal->in_flight, place) {
        if (place->sequence == record.sequence) {
            InFlight now = {record.sequence, offset, out->len - offset, place->has_ended};
            vec_push(out->arena, moved, now);
        }
    }
}

/* The file as it goes on: the calls that have not ended, then what came since the announcement. */
static int rewritten(Journal *journal, StrBuf *out, InFlights *moved, Arena *scratch) {
    const Disk *disk = journal->disk;
    size_t size = journal->file.handle ? (size_t)(journal->size - journal->fold_at) : 0;
    if (journal->kept.count == 0 && size == 0)
        return 0;
    char *tail = arena_alloc(scratch, size);
    size_t got = 0;
    if (size > 0) {
        int error = disk->read(disk->self, journal->file, journal->fold_at, tail, size, &got);
        if (error || got != size)
            return error ? error : -EIO;
    }
    add_start(journal, out, scratch);
    vec_each(&journal->kept, line) {
        add_line(journal, *line, out, moved);
    }
    JournalLine line = {0};
    while (journal_record_next_line((Str){tail, size}, &line))
        add_line(journal, line.text, out, moved);
    return 0;
}

static int remove_file(Journal *journal) {
    const Disk *disk = journal->disk;
    close_file(journal);
    int error = disk->remove(disk->self, journal->path);
    if (error == -ENOENT)
        error = 0;
    if (!error)
        error = disk->sync_folder(disk->self, disk_folder_of(journal->path));
    return error;
}

static void settle(Journal *journal, const InFlights *moved) {
    journal->has_leftover = false;
    journal->in_flight.count = 0;
    vec_each(moved, place) {
        vec_push(journal->arena, &journal->in_flight, *place);
    }
    journal->needs_cleaning = false;
    journal->is_announced = false;
    journal->broken = 0;
    journal->durable = journal->appended;
    pthread_cond_broadcast(&journal->sync_ended);
}

static int fold(Journal *journal, Arena *scratch) {
    SCOPED(ArenaRef) pieces = arena_open("journal fold");
    StrBuf text = strbuf_new(scratch);
    InFlights moved = {0};
    int error = rewritten(journal, &text, &moved, pieces);
    if (error)
        return error;
    if (text.len == 0) {
        if (journal->has_file)
            error = remove_file(journal);
        if (error)
            return error;
        journal->has_file = false;
        journal->folder_is_synced = false;
        settle(journal, &moved);
        return 0;
    }
    error =
        journal->disk->write_file(journal->disk->self, journal->path, strbuf_str(&text), FILE_MODE);
    if (error)
        return error;
    close_file(journal);
    journal->needs_cleaning = false;
    settle(journal, &moved);
    error = open_file(journal);
    if (error) {
        journal->broken = error;
        return error;
    }
    journal->has_start = true;
    journal->synced = journal->size;
    journal->folder_is_synced = true;
    return 0;
}

bool journal_fold(Journal *journal, const State *written, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("journal fold");
    int error = 0;
    pthread_mutex_lock(&journal->mutex);
    wait_idle(journal);
    if (!journal->is_announced)
        error = begin_fold(journal, written);
    journal->lineage = str_clone(written->lineage, journal->arena);
    journal->serial = written->serial;
    if (!error)
        error = fold(journal, scratch);
    pthread_mutex_unlock(&journal->mutex);
    return !error || report(journal, error, "The state itself is saved.", diags);
}
