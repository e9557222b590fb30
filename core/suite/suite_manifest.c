/* Reads and writes the manifest as a document of the storage: it has the lock and the crash safety
 * of a state. */
#include "suite_manifest.h"

#include "json.h"
#include "random.h"
#include "record.h"

#include <errno.h>

#define NAME       STR("manifest.json")
#define LOCK_MS    10000
#define ID_LENGTH  8
#define ID_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static const char *reason_name(unsigned reason) {
    static const char *const names[] = {
        [SUITE_REASON_NONE] = "",
        [SUITE_REASON_SKIP] = "skip_cleanup",
        [SUITE_REASON_DEPENDENCY] = "dependency",
        [SUITE_REASON_ERROR] = "error",
    };
    return names[reason];
}

/* A reason of a newer program counts as an error: the state needs a cleanup. */
static const RecordRow entry_rows[] = {
    ROW_TEXT(SuiteEntry, "id", id, .flags = ROW_OPTIONAL),
    ROW_NAME(SuiteEntry, "reason", reason, SuiteReason, reason_name, SUITE_REASON_ERROR + 1,
             .otherwise = SUITE_REASON_ERROR),
    ROW_TEXT(SuiteEntry, "run", run, .flags = ROW_OPTIONAL),
};
static const Record entry_record = RECORD(SuiteEntry, entry_rows);

/* Reads the next member of the open object; `*token` is the first of its value. Returns false after
 * the last one, with `*token` JSON_OBJECT_END, or at an error. */
static bool next_member(JsonReader *reader, Str *key, JsonToken *token) {
    *token = json_next(reader);
    if (*token != JSON_KEY)
        return false;
    *key = reader->text;
    *token = json_next(reader);
    return *token != JSON_BAD;
}

static bool suite_manifest_read_entry(JsonReader *reader, SuiteEntry *out) {
    RecordReader reading = {.reader = reader, .arena = reader->arena};
    JsonToken token = json_next(reader);
    Str key, ignored;
    size_t at = 0;
    if (token != JSON_OBJECT_START)
        return false;
    while (next_member(reader, &key, &token)) {
        const RecordRow *row = token == JSON_STRING ? record_find(&entry_record, key, &at) : NULL;
        if (row ? !record_read_member(&reading, row, token, out)
                : !json_skip(reader, token, &ignored))
            return false;
    }
    return token == JSON_OBJECT_END;
}

/* Reads the states of a file, whose object is open. */
static bool manifest_read_states(JsonReader *reader, SuiteEntries *out) {
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        SuiteEntry *entry = vec_add(reader->arena, out);
        entry->key = reader->text;
        if (!suite_manifest_read_entry(reader, entry))
            return false;
    }
    return token == JSON_OBJECT_END;
}

/* Reads the member "states" of a file, whose object is open. */
static bool manifest_read_file(JsonReader *reader, SuiteEntries *out) {
    JsonToken token;
    Str key, ignored;
    while (next_member(reader, &key, &token)) {
        bool is_known = str_equal(key, STR("states")) && token == JSON_OBJECT_START;
        if (is_known ? !manifest_read_states(reader, out) : !json_skip(reader, token, &ignored))
            return false;
    }
    return token == JSON_OBJECT_END;
}

static bool manifest_read_files(JsonReader *reader, Map *out) {
    JsonToken token;
    Str file;
    while (next_member(reader, &file, &token)) {
        SuiteEntries *entries = arena_new(reader->arena, SuiteEntries);
        if (token != JSON_OBJECT_START || !manifest_read_file(reader, entries))
            return false;
        map_set(out, file, entries);
    }
    return token == JSON_OBJECT_END;
}

/* The manifest: name of a test file → SuiteEntries. */
static bool manifest_parse(Str text, Map *out, Arena *arena) {
    JsonReader reader = json_reader_new(text, arena);
    JsonToken token;
    Str key, ignored;
    if (str_trim(text).len == 0)
        return true;
    if (json_next(&reader) != JSON_OBJECT_START)
        return false;
    while (next_member(&reader, &key, &token)) {
        bool is_known = str_equal(key, STR("files")) && token == JSON_OBJECT_START;
        if (is_known ? !manifest_read_files(&reader, out) : !json_skip(&reader, token, &ignored))
            return false;
    }
    return token == JSON_OBJECT_END;
}

static bool manifest_read_all(Backend *backend, Map *out, Arena *arena, Diags *diags) {
    Str text;
    *out = map_new(arena);
    if (!backend_read(backend, &text, arena, diags))
        return false;
    if (manifest_parse(text, out, arena))
        return true;
    return diags_fail(diags, NO_RANGE, "Failed to open state manifest",
                      "\"%.*s\" lists the states that earlier tests left, and is not valid JSON. "
                      "Repair it: without it, \"test cleanup\" does not find these states.",
                      STR_ARG(backend->path));
}

static void manifest_write_file(JsonWriter *writer, Str file, const SuiteEntries *entries) {
    json_key(writer, file);
    json_object_start(writer);
    json_key_object(writer, "states");
    vec_each(entries, entry) {
        json_key(writer, entry->key);
        record_encode(&(RecordWriter){.writer = writer}, &entry_record, entry);
    }
    json_object_end(writer);
    json_object_end(writer);
}

/* Returns the empty text if there are no entries. */
static Str manifest_encode(const Map *files, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    size_t count = 0;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_int(&writer, "version", 0);
    json_key_object(&writer, "files");
    map_each(files, file) {
        const SuiteEntries *entries = file->value;
        if (entries->count > 0)
            manifest_write_file(&writer, file->key, entries);
        count += entries->count;
    }
    json_object_end(&writer);
    json_object_end(&writer);
    return count > 0 ? strbuf_str(&text) : STR_EMPTY;
}

const SuiteEntry *suite_manifest_find(const SuiteEntries *entries, Str key) {
    vec_each(entries, entry) {
        if (str_equal(entry->key, key))
            return entry;
    }
    return NULL;
}

/* Returns the entries of `before`, with those of `changes` in their place. */
static SuiteEntries *manifest_merge(const SuiteEntries *before, const SuiteEntries *changes,
                                    Arena *arena) {
    SuiteEntries *merged = arena_new(arena, SuiteEntries);
    for (size_t i = 0; before && i < before->count; i++) {
        if (!suite_manifest_find(changes, before->items[i].key))
            vec_push(arena, merged, before->items[i]);
    }
    vec_each(changes, change) {
        if (change->reason != SUITE_REASON_NONE)
            vec_push(arena, merged, *change);
    }
    return merged;
}

static bool manifest_load(const SuiteStorage *storage, Map *out, Arena *arena, Diags *diags) {
    Backend *backend;
    if (!storage->open_document(storage->self, NAME, false, &backend, diags))
        return false;
    bool ok = manifest_read_all(backend, out, arena, diags);
    backend_close(backend);
    return ok;
}

bool suite_manifest_read(const SuiteStorage *storage, Str file, SuiteEntries *out, Arena *arena,
                         Diags *diags) {
    Map files;
    bool ok = manifest_load(storage, &files, arena, diags);
    const SuiteEntries *found = ok ? map_find(&files, file) : NULL;
    if (found)
        *out = *found;
    return ok;
}

bool suite_manifest_files(const SuiteStorage *storage, StrVec *out, Arena *arena, Diags *diags) {
    Map files;
    bool ok = manifest_load(storage, &files, arena, diags);
    for (size_t i = 0; ok && i < files.count; i++)
        vec_push(arena, out, files.entries[i].key);
    return ok;
}

/* A manifest without entries is removed. */
static bool manifest_write_all(Backend *backend, const Io *io, const Map *files, Arena *arena,
                               Diags *diags) {
    Str text = manifest_encode(files, arena);
    if (text.len > 0)
        return backend_write(backend, text, diags);
    int error = io->disk->remove(io->disk->self, backend->path);
    if (error == 0 || error == -ENOENT)
        return true;
    return diags_fail(diags, NO_RANGE, "Failed to save state manifest",
                      "\"%.*s\" has no entries any more, and could not be removed: %s.",
                      STR_ARG(backend->path), strerror(-error));
}

static bool manifest_update(Backend *backend, const Io *io, Str file, const SuiteEntries *entries,
                            Arena *arena, Diags *diags) {
    Map files;
    if (!manifest_read_all(backend, &files, arena, diags))
        return false;
    map_set(&files, file, manifest_merge(map_find(&files, file), entries, arena));
    return manifest_write_all(backend, io, &files, arena, diags);
}

bool suite_manifest_update(const SuiteStorage *storage, const Io *io, Str file,
                           const SuiteEntries *entries, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("manifest");
    Backend *backend;
    if (!storage->open_document(storage->self, NAME, true, &backend, diags))
        return false;
    LockInfo lock = state_lock_new(io, LOCK_APPLY, backend->path, scratch);
    bool is_locked = backend_lock(backend, &lock, LOCK_MS, NULL, diags);
    bool ok = is_locked && manifest_update(backend, io, file, entries, scratch, diags);
    if (is_locked)
        (void)backend_unlock(backend, diags);
    backend_close(backend);
    return ok;
}

Str suite_manifest_file_name(Str id, Arena *arena) {
    return str_concat(id, STR(".tfstate"), arena);
}

Str suite_manifest_new_id(Arena *arena) {
    uint64_t random;
    char id[ID_LENGTH];
    random_fill(&random, sizeof random);
    for (size_t i = 0; i < ID_LENGTH; i++) {
        id[i] = ID_LETTERS[random % (sizeof ID_LETTERS - 1)];
        random /= sizeof ID_LETTERS - 1;
    }
    return str_clone((Str){id, ID_LENGTH}, arena);
}
