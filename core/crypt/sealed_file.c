/* sealed_file: gcm over pieces, with the key of key_provider_pbkdf2. */
#include "sealed_file.h"
#include "digest.h"
#include "gcm.h"
#include "json.h"
#include "key_provider.h"
#include "object_builder.h"
#include "secret.h"

#include <errno.h>

#define FORMAT      "loam-sealed-1"
#define PIECE_BYTES ((size_t)1 << 20)
#define SEAL_BYTES  (GCM_NONCE_BYTES + GCM_TAG_BYTES)
#define HEAD_BYTES  ((size_t)64 << 10)
#define MODE        0600

/* The key, and the data that each piece authenticates. */
typedef struct Binding {
    Str key;
    Str line; /* digest of the first line */
    uint64_t index;
} Binding;

struct SealedWriter {
    Arena *arena;
    Arena *scratch; /* reset for each piece */
    const Disk *disk;
    Str path;
    Str part;
    DiskFile file;
    bool is_open;
    Binding binding;
    char *buffer; /* PIECE_BYTES */
    size_t used;
};

struct SealedReader {
    Arena *arena;
    Arena *scratch;
    const Disk *disk;
    DiskFile file;
    uint64_t size;
    uint64_t at;
    Str head;
    Str key_metadata;
    Binding binding;
    Str piece; /* decrypted, in scratch */
    bool is_end;
};

static Value pbkdf2_config(Str passphrase, Arena *arena) {
    const Schema *schema = &key_provider_pbkdf2.schema;
    ObjectBuilder builder = object_builder_empty(schema, arena);
    object_builder_set_text(&builder, "passphrase", passphrase, arena);
    return schema_apply_defaults(schema, object_builder_value(&builder), arena);
}

Str sealed_file_check_passphrase(Value passphrase, Arena *arena) {
    Diags problems = diags_new(arena);
    Value config = pbkdf2_config(value_text(passphrase), arena);
    return key_provider_pbkdf2.check(config, false, NO_RANGE, &problems) ? STR_EMPTY
                                                                         : problems.items[0].detail;
}

/* Derives the key with the stored metadata, or with new metadata if `stored` is NULL. */
static Str file_derive(Str passphrase, const Str *stored, KeyResult *out, Arena *arena) {
    Diags problems = diags_new(arena);
    KeyRequest request = {.name = STR("the passphrase"),
                          .config = pbkdf2_config(passphrase, arena),
                          .stored = stored};
    *out = (KeyResult){0};
    return key_provider_pbkdf2.provide(&request, out, arena, &problems) ? STR_EMPTY
                                                                        : problems.items[0].detail;
}

static Str piece_aad(const Binding *binding, bool is_last, Arena *arena) {
    return str_format(arena, "%.*s %llu %s", STR_ARG(binding->line),
                      (unsigned long long)binding->index, is_last ? "last" : "more");
}

/* Writing. */

static Str file_explain(const char *what, Str path, int error, Arena *arena) {
    return str_format(arena, "%s \"%.*s\": %s", what, STR_ARG(path), strerror(-error));
}

static Str file_first_line(Str head, Str metadata, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "format", STR(FORMAT));
    json_key(&writer, STR("key"));
    json_raw(&writer, metadata);
    json_key(&writer, STR("head"));
    json_raw(&writer, head);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    return strbuf_str(&text);
}

static Str file_begin(SealedWriter *writer, Str passphrase, Str head, Arena *arena) {
    const Disk *disk = writer->disk;
    KeyResult key;
    Str problem = file_derive(passphrase, NULL, &key, writer->arena);
    if (problem.len)
        return str_clone(problem, arena);
    writer->binding.key = key.key;
    Str line = file_first_line(head, key.metadata, writer->arena);
    CHECK(line.len <= HEAD_BYTES);
    writer->binding.line = digest_hex(DIGEST_SHA256, line, writer->arena);
    int error = disk->remove(disk->self, writer->part);
    if (error == 0 || error == -ENOENT)
        error = disk->open(disk->self, writer->part,
                           DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE | DISK_APPEND, MODE,
                           &writer->file);
    if (error)
        return file_explain("cannot create", writer->part, error, arena);
    writer->is_open = true;
    error = disk->append(disk->self, writer->file, line);
    return error ? file_explain("cannot write", writer->part, error, arena) : STR_EMPTY;
}

Str sealed_writer_open(const Disk *disk, Str path, Str passphrase, Str head, SealedWriter **out,
                       Arena *arena) {
    Arena *own = arena_open("sealed file");
    SealedWriter *writer = arena_new(own, SealedWriter);
    *writer = (SealedWriter){.arena = own,
                             .scratch = arena_open("sealed piece"),
                             .disk = disk,
                             .path = str_clone(path, own),
                             .part = disk_temporary_of(path, own),
                             .buffer = arena_alloc(own, PIECE_BYTES)};
    *out = writer;
    return file_begin(writer, passphrase, head, arena);
}

static Str flush(SealedWriter *writer, bool is_last, Arena *arena) {
    const Disk *disk = writer->disk;
    Str plain = {writer->buffer, writer->used};
    arena_reset(writer->scratch);
    Str aad = piece_aad(&writer->binding, is_last, writer->scratch);
    Str sealed = gcm_seal(writer->binding.key, aad, plain, writer->scratch);
    int error = disk->append(disk->self, writer->file, sealed);
    writer->binding.index++;
    writer->used = 0;
    return error ? file_explain("cannot write", writer->part, error, arena) : STR_EMPTY;
}

/* A full buffer is written only when more bytes follow, because the last piece is marked. */
Str sealed_writer_add(SealedWriter *writer, Str bytes, Arena *arena) {
    while (bytes.len) {
        if (writer->used == PIECE_BYTES) {
            Str problem = flush(writer, false, arena);
            if (problem.len)
                return problem;
        }
        size_t room = PIECE_BYTES - writer->used;
        Str part = str_slice(bytes, 0, room);
        memcpy(writer->buffer + writer->used, part.ptr, part.len);
        writer->used += part.len;
        bytes = str_after(bytes, part.len);
    }
    return STR_EMPTY;
}

Str sealed_writer_finish(SealedWriter *writer, Arena *arena) {
    const Disk *disk = writer->disk;
    Str problem = flush(writer, true, arena);
    if (problem.len)
        return problem;
    int error = disk->sync(disk->self, writer->file);
    disk->close(disk->self, writer->file);
    writer->is_open = false;
    if (!error)
        error = disk->rename(disk->self, writer->part, writer->path);
    if (!error)
        return disk->sync_directory(disk->self, disk_directory_of(writer->path)) == 0
                   ? STR_EMPTY
                   : str_format(arena, "cannot sync the directory of \"%.*s\"",
                                STR_ARG(writer->path));
    (void)disk->remove(disk->self, writer->part);
    return file_explain("cannot write", writer->path, error, arena);
}

void sealed_writer_close(SealedWriter *writer) {
    if (!writer)
        return;
    if (writer->is_open) {
        writer->disk->close(writer->disk->self, writer->file);
        (void)writer->disk->remove(writer->disk->self, writer->part);
    }
    secret_wipe(writer->binding.key);
    secret_wipe((Str){writer->buffer, PIECE_BYTES});
    arena_close(writer->scratch);
    arena_close(writer->arena);
}

/* Reading. */

static const Str not_sealed = STR_CONST("it is not a file that loam has encrypted");

static Str file_parse_line(SealedReader *reader, Str line) {
    Value root, key, head;
    if (!json_parse_object(line, &root, reader->arena) ||
        !str_equal(value_text_at(root, STR("format")), STR(FORMAT)) ||
        !value_find_present(root, STR("key"), &key) ||
        !value_find_present(root, STR("head"), &head))
        return not_sealed;
    reader->key_metadata = json_text(key, reader->arena);
    reader->head = json_text(head, reader->arena);
    return STR_EMPTY;
}

static Str file_read_line(SealedReader *reader, Str path, Arena *arena) {
    const Disk *disk = reader->disk;
    char *buffer = arena_alloc(reader->arena, HEAD_BYTES);
    size_t got;
    int error = disk->open(disk->self, path, DISK_READ, 0, &reader->file);
    if (error)
        return file_explain("cannot open", path, error, arena);
    error = disk->size(disk->self, reader->file, &reader->size);
    if (!error)
        error = disk->read(disk->self, reader->file, 0, buffer, HEAD_BYTES, &got);
    if (error)
        return file_explain("cannot read", path, error, arena);
    size_t end = str_find_char((Str){buffer, got}, '\n', 0);
    if (end == SIZE_MAX)
        return not_sealed;
    Str line = {buffer, end + 1};
    reader->at = line.len;
    reader->binding.line = digest_hex(DIGEST_SHA256, line, reader->arena);
    return file_parse_line(reader, line);
}

Str sealed_reader_open(const Disk *disk, Str path, SealedReader **out, Arena *arena) {
    Arena *own = arena_open("sealed file");
    SealedReader *reader = arena_new(own, SealedReader);
    *reader = (SealedReader){.arena = own, .scratch = arena_open("sealed piece"), .disk = disk};
    *out = reader;
    return file_read_line(reader, path, arena);
}

Str sealed_reader_head(const SealedReader *reader) {
    return reader->head;
}

Str sealed_reader_unlock(SealedReader *reader, Str passphrase, Arena *arena) {
    KeyResult key;
    Str problem = file_derive(passphrase, &reader->key_metadata, &key, reader->arena);
    reader->binding.key = key.key;
    if (!problem.len && !gcm_is_key(key.key))
        problem = not_sealed;
    return problem.len ? str_clone(problem, arena) : STR_EMPTY;
}

Str sealed_reader_next(SealedReader *reader, Str *out, bool *is_end, Arena *arena) {
    const Disk *disk = reader->disk;
    uint64_t left = reader->size - reader->at;
    size_t size = left > PIECE_BYTES + SEAL_BYTES ? PIECE_BYTES + SEAL_BYTES : (size_t)left, got;
    bool is_last = size == left;
    secret_wipe(reader->piece);
    arena_reset(reader->scratch);
    reader->piece = *out = STR_EMPTY;
    *is_end = reader->is_end;
    if (reader->is_end)
        return STR_EMPTY;
    char *buffer = arena_alloc(reader->scratch, size);
    int error = disk->read(disk->self, reader->file, reader->at, buffer, size, &got);
    if (error)
        return str_format(arena, "cannot read it: %s", strerror(-error));
    Str aad = piece_aad(&reader->binding, is_last, reader->scratch);
    if (got != size ||
        !gcm_open(reader->binding.key, aad, (Str){buffer, size}, &reader->piece, reader->scratch))
        return reader->binding.index ? STR("it is damaged: it was changed, or its end is missing")
                                     : STR("the passphrase is wrong, or it is damaged");
    reader->binding.index++;
    reader->at += size;
    reader->is_end = is_last;
    *out = reader->piece;
    return STR_EMPTY;
}

void sealed_reader_close(SealedReader *reader) {
    if (!reader)
        return;
    if (reader->file.handle)
        reader->disk->close(reader->disk->self, reader->file);
    secret_wipe(reader->binding.key);
    secret_wipe(reader->piece);
    arena_close(reader->scratch);
    arena_close(reader->arena);
}
