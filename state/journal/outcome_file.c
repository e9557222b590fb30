/* outcome_file: writes lines in the keeper's process, and reads them in the next run. */
#include "outcome_file.h"

#include "journal_store.h"
#include "log.h"
#include "map.h"
#include "record.h"
#include "sealed_journal.h"

#include <errno.h>

enum { OUTCOME_FILE_MODE = 0600, OUTCOME_DIRECTORY_MODE = 0700, POLL_MS = 100 };

#define MARK ".outcomes-"

static const char *const kinds[] = {
    [KEEPER_ANSWER_DONE] = "done",
    [KEEPER_ANSWER_FAILED] = "failed",
    [KEEPER_ANSWER_LOST] = "lost",
};

/* A line of the file. */
typedef struct Outcome {
    Str label;
    Str kind;
    Str bytes;
    bool is_complete; /* of the last line, which has no other member */
} Outcome;

static const RecordRow outcome_rows[] = {
    ROW_TEXT(Outcome, "label", label),
    ROW_TEXT(Outcome, "response", kind),
    ROW_BASE64(Outcome, "bytes", bytes),
    ROW_FLAG(Outcome, "complete", is_complete, .flags = ROW_OPTIONAL),
};
static const Record outcome_record = RECORD(Outcome, outcome_rows);

/* Writing. */

typedef struct Sink {
    Arena *arena;
    const Disk *disk;
    DiskFile file;
    /* The settings: */
    Str path;
    Str header; /* of an encrypted file */
    Str key;    /* empty: plain lines */
} Sink;

static const RecordRow sink_rows[] = {
    ROW_TEXT(Sink, "path", path),
    ROW_TEXT(Sink, "header", header),
    ROW_BASE64(Sink, "key", key),
};
static const Record sink_record = RECORD(Sink, sink_rows);

bool outcome_file_settings(Str base, Str run, const Cipher *cipher, Str *out, Str *problem,
                           Arena *arena) {
    Sink sink = {.path = str_format(arena, "%.*s" MARK "%.*s", STR_ARG(base), STR_ARG(run))};
    if (!cipher_is_plain(cipher) &&
        !sealed_journal_make_key(cipher, &sink.key, &sink.header, problem, arena))
        return false;
    *out = record_to_json(&sink_record, &sink, 0, arena);
    return true;
}

static int append_line(const Sink *sink, Str line) {
    SCOPED(ArenaRef) scratch = arena_open("outcome");
    return sink->disk->append(sink->disk->self, sink->file, str_concat(line, STR("\n"), scratch));
}

static int outcome_file_open_file(Sink *sink) {
    const Disk *disk = sink->disk;
    unsigned flags = DISK_READ | DISK_WRITE | DISK_APPEND | DISK_CREATE | DISK_EXCLUSIVE;
    pid_t holder;
    int error =
        disk->make_directories(disk->self, disk_directory_of(sink->path), OUTCOME_DIRECTORY_MODE);
    if (!error)
        error = disk->open(disk->self, sink->path, flags, OUTCOME_FILE_MODE, &sink->file);
    if (!error)
        error = disk->lock(disk->self, sink->file, &holder);
    if (!error && sink->header.len > 0)
        error = append_line(sink, sink->header);
    return error;
}

static bool sink_begin(void *self, Str settings, Str *problem, Arena *arena) {
    Sink *sink = self;
    const char *reason;
    *problem = STR("its settings are damaged");
    if (!record_from_json(str_clone(settings, sink->arena), &sink_record, sink, &reason,
                          sink->arena))
        return false;
    int error = outcome_file_open_file(sink);
    *problem =
        str_format(arena, "\"%.*s\" cannot be written: %s", STR_ARG(sink->path), strerror(-error));
    return error == 0;
}

static void write_line(const Sink *sink, Str line) {
    SCOPED(ArenaRef) scratch = arena_open("outcome");
    int error =
        append_line(sink, sink->key.len ? sealed_journal_line(sink->key, line, scratch) : line);
    if (error)
        log_event(LOG_ERROR, "outcome not written", log_text("path", sink->path),
                  log_number("error", error));
}

static void sink_answer(void *self, Str label, KeeperAnswer answer, Str bytes) {
    SCOPED(ArenaRef) scratch = arena_open("outcome");
    Outcome outcome = {.label = label, .kind = str_from_cstr(kinds[answer]), .bytes = bytes};
    write_line(self, record_to_json(&outcome_record, &outcome, 0, scratch));
}

static void sink_end(void *self, bool is_recorded) {
    Sink *sink = self;
    const Disk *disk = sink->disk;
    if (is_recorded) {
        (void)disk->remove(disk->self, sink->path);
    } else {
        write_line(sink, STR("{\"complete\":true}"));
        (void)disk->sync(disk->self, sink->file);
        (void)disk->sync_directory(disk->self, disk_directory_of(sink->path));
    }
    disk->close(disk->self, sink->file);
}

KeeperSink outcome_file_sink(const Disk *disk, Arena *arena) {
    Sink *sink = arena_new(arena, Sink);
    sink->arena = arena;
    sink->disk = disk;
    return (KeeperSink){sink, sink_begin, sink_answer, sink_end};
}

/* Reading. */

/* The content of all files. */
typedef struct Outcomes {
    Arena *arena;
    Map responses; /* label → StateResponse; kind and bytes */
    Map lost;      /* labels of calls whose response never arrived */
    Map complete;  /* runs whose file names all calls that were sent */
} Outcomes;

static void add_answer(Outcomes *outcomes, const Outcome *outcome) {
    StateResponse *response = arena_new(outcomes->arena, StateResponse);
    response->bytes = outcome->bytes;
    if (str_equal_cstr(outcome->kind, kinds[KEEPER_ANSWER_DONE]))
        response->kind = STATE_RESPONSE_DONE;
    else if (str_equal_cstr(outcome->kind, kinds[KEEPER_ANSWER_FAILED]))
        response->kind = STATE_RESPONSE_FAILED;
    else
        response = NULL;
    if (response)
        map_set(&outcomes->responses, outcome->label, response);
    else
        map_set(&outcomes->lost, outcome->label, outcomes);
}

/* A damaged line is skipped: without the last line, the outcome of its call stays unknown. */
static void outcome_file_read_line(Outcomes *outcomes, Str run, Str line) {
    Outcome outcome = {0};
    const char *reason;
    if (!record_from_json(line, &outcome_record, &outcome, &reason, outcomes->arena))
        return;
    if (outcome.is_complete)
        map_set(&outcomes->complete, run, outcomes);
    else if (outcome.label.len > 0)
        add_answer(outcomes, &outcome);
}

static bool file_report(Str path, Str problem, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Outcomes of an earlier run not read",
                      "An earlier run was killed, and its calls of providers ended later. The file "
                      "\"%.*s\", which holds their results, cannot be read: %.*s.",
                      STR_ARG(path), STR_ARG(problem));
}

static bool file_read_file(OutcomeFiles *files, Str path, Outcomes *outcomes, Diags *diags) {
    Arena *arena = outcomes->arena;
    JournalStore *store =
        sealed_journal_new(journal_file_new(files->io->disk, path, arena), files->cipher, arena);
    Str text, problem;
    bool found;
    if (!store->read(store, &text, &found, &problem, arena))
        return file_report(path, problem, diags);
    store->close(store);
    size_t mark = str_find(path, STR(MARK), 0);
    Str run = str_after(path, mark + sizeof MARK - 1);
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        end = str_find_char(text, '\n', at);
        if (end == SIZE_MAX)
            break;
        outcome_file_read_line(outcomes, run, str_slice(text, at, end));
    }
    return true;
}

/* Waits until the keeper of the file has ended. Returns false if `cancel` is raised before. */
static bool wait_for_keeper(OutcomeFiles *files, Str path, bool *is_reported, Diags *diags) {
    const Disk *disk = files->io->disk;
    DiskFile file;
    pid_t holder;
    int error = disk->open(disk->self, path, DISK_READ | DISK_WRITE, 0, &file);
    if (error)
        return error == -ENOENT; /* its keeper has removed it */
    while ((error = disk->lock(disk->self, file, &holder)) == -EAGAIN) {
        if (!*is_reported && files->waiting)
            files->waiting(files->payload);
        *is_reported = true;
        if (cancel_wait(files->cancel, POLL_MS))
            break;
    }
    disk->close(disk->self, file);
    if (error != -EAGAIN)
        return true;
    return diags_fail(diags, NO_RANGE, "Calls of an earlier run have not ended",
                      "The run before was killed, and calls of its providers are still being "
                      "finished. Wait until they have ended, then repeat the command.");
}

static bool file_read_all(OutcomeFiles *files, Outcomes *outcomes, Diags *diags) {
    const Disk *disk = files->io->disk;
    Str directory = disk_directory_of(files->base);
    Str prefix = str_concat(disk_name_of(files->base), STR(MARK), outcomes->arena);
    DiskEntries entries = {0};
    bool is_reported = false;
    if (disk->list(disk->self, directory, &entries, outcomes->arena) != 0)
        return true; /* no directory, no file */
    vec_each(&entries, entry) {
        if (!str_starts_with(entry->name, prefix))
            continue;
        Str path = disk_join(directory, entry->name, outcomes->arena);
        if (!wait_for_keeper(files, path, &is_reported, diags) ||
            !file_read_file(files, path, outcomes, diags))
            return false;
        vec_push(outcomes->arena, &files->found, path);
    }
    return true;
}

static const StateResponse *find_response(const Outcomes *outcomes, Str label) {
    static const StateResponse unsent = {.kind = STATE_RESPONSE_UNSENT};
    const StateResponse *found = map_find(&outcomes->responses, label);
    Str run = str_slice(label, 0, str_find_char(label, '.', 0));
    bool is_unsent = !found && !map_find(&outcomes->lost, label) && run.len < label.len &&
                     map_find(&outcomes->complete, run);
    return is_unsent ? &unsent : found;
}

static void add_to_state(const Outcomes *outcomes, State *state) {
    map_each(&state->resources, entry) {
        StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            if (!instance->pending || instance->pending->response)
                continue;
            const StateResponse *found = find_response(outcomes, instance->pending->marker);
            if (!found)
                continue;
            StatePending *pending = arena_new(outcomes->arena, StatePending);
            *pending = *instance->pending;
            pending->response = found;
            instance->pending = pending;
            log_debug("outcome of an earlier run", log_text("label", pending->marker),
                      log_number("kind", found->kind));
        }
    }
}

bool outcome_files_read(OutcomeFiles *files, State *state, Arena *arena, Diags *diags) {
    Outcomes outcomes = {
        .arena = arena,
        .responses = map_new(arena),
        .lost = map_new(arena),
        .complete = map_new(arena),
    };
    if (!file_read_all(files, &outcomes, diags))
        return false;
    if (files->found.count > 0)
        add_to_state(&outcomes, state);
    return true;
}

void outcome_files_remove(OutcomeFiles *files) {
    const Disk *disk = files->io->disk;
    vec_each(&files->found, path) {
        (void)disk->remove(disk->self, *path);
    }
    files->found = (StrVec){0};
}
