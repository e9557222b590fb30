/* azurerm_journal: frames in an append blob, written under the condition of its length. */
#include "azurerm_journal.h"
#include "problem.h"

#define MAGIC     "loam-journal"
#define FORMAT    "1"
#define BLOCK_MAX ((size_t)4 << 20)
/* The header has at most this many bytes. */
#define HEADER_MAX ((size_t)256)

typedef struct Frame {
    uint64_t segment;
    uint64_t part; /* from 0 */
    uint64_t parts;
    Str bytes;
} Frame;

static bool journal_next_number(Str *line, uint64_t *out) {
    Str word;
    return line->ptr && str_next_field(line, ' ', &word) && str_to_uint64(word, out);
}

/* Reads the frame at the start of *rest. */
static bool journal_read_frame(Str *rest, Frame *out) {
    size_t end = str_find_char(*rest, '\n', 0);
    Str line = str_slice(*rest, 0, end == SIZE_MAX ? 0 : end), word;
    uint64_t size;
    if (!str_next_field(&line, ' ', &word) || !str_equal(word, STR(MAGIC)) || !line.ptr ||
        !str_next_field(&line, ' ', &word) || !str_equal(word, STR(FORMAT)) ||
        !journal_next_number(&line, &out->segment) || !journal_next_number(&line, &out->part) ||
        !journal_next_number(&line, &out->parts) || !journal_next_number(&line, &size))
        return false;
    Str after = str_after(*rest, end + 1);
    if (size > after.len || out->part >= out->parts)
        return false;
    out->bytes = str_slice(after, 0, size);
    *rest = str_after(after, size);
    return true;
}

bool azurerm_journal_parse(Str text, Segments *out, Str *problem, Arena *arena) {
    Str rest = text;
    uint64_t wanted = 0, parts = 0; /* the next part of the last segment, and their number */
    while (rest.len > 0) {
        Frame frame;
        size_t offset = text.len - rest.len;
        if (!journal_read_frame(&rest, &frame))
            return problem_set(problem, arena, "it is damaged at byte %zu", offset);
        if (frame.part == 0) { /* of an interrupted segment before, only the number counts */
            if (out->count > 0 && wanted < parts)
                vec_last(out).text = STR_EMPTY;
            vec_push(arena, out, ((Segment){frame.segment, frame.bytes}));
        } else if (out->count > 0 && vec_last(out).number == frame.segment &&
                   wanted == frame.part && parts == frame.parts) {
            vec_last(out).text = str_concat(vec_last(out).text, frame.bytes, arena);
        } else {
            return problem_set(problem, arena, "it is damaged at byte %zu", offset);
        }
        wanted = frame.part + 1;
        parts = frame.parts;
    }
    if (out->count > 0 && wanted < parts)
        vec_last(out).text = STR_EMPTY;
    return true;
}

/* Reads the blob, and remembers its version. */
static AzureBlobStatus journal_get(AzurermJournal *journal, AzureBlobReply *reply, Str *problem,
                                   Arena *arena) {
    AzureBlobCall call = {.method = "GET", .name = journal->blob, .use = AZURE_BLOB_READ};
    AzureBlobStatus status = azure_blob_send(journal->client, &call, reply, arena);
    *problem = reply->problem;
    journal->version = STR_EMPTY;
    if (status == AZURE_BLOB_DONE)
        journal->version = str_clone(azure_blob_header(reply, "etag"), journal->arena);
    else
        reply->body = STR_EMPTY;
    return status;
}

static bool journal_list(void *self, Segments *out, Str *problem, Arena *arena) {
    AzurermJournal *journal = self;
    AzureBlobReply reply;
    AzureBlobStatus status = journal_get(journal, &reply, problem, arena);
    if (status != AZURE_BLOB_DONE && status != AZURE_BLOB_ABSENT)
        return false;
    journal->exists = status == AZURE_BLOB_DONE;
    journal->length = reply.body.len;
    journal->last = 0;
    if (!journal->exists)
        return true;
    if (!azurerm_journal_parse(reply.body, out, problem, arena))
        return false;
    vec_each(out, segment) {
        journal->last = segment->number > journal->last ? segment->number : journal->last;
    }
    return true;
}

/* If the blob has the frame at that place, an earlier attempt has appended it; else another run
 * appended something. */
static bool journal_has_frame(AzurermJournal *journal, Str frame, Str *problem, Arena *arena) {
    AzureBlobReply reply;
    AzureBlobStatus status = journal_get(journal, &reply, problem, arena);
    if (status != AZURE_BLOB_DONE && status != AZURE_BLOB_ABSENT)
        return false;
    Str there = str_slice(reply.body, journal->length, journal->length + frame.len);
    return str_equal(there, frame) ||
           problem_text(problem, "another program also writes it, so this run has lost its lock");
}

static bool journal_append(AzurermJournal *journal, Str frame, Str *problem, Arena *arena) {
    AzureBlobCall call = {.method = "PUT",
                          .name = journal->blob,
                          .query = "comp=appendblock",
                          .use = AZURE_BLOB_WRITE,
                          .body = frame};
    AzureBlobReply reply;
    Str length = str_format(arena, "%llu", (unsigned long long)journal->length);
    http_add_header(&call.headers, "content-type", STR("text/plain"), arena);
    http_add_header(&call.headers, "x-ms-blob-condition-appendpos", length, arena);
    if (journal->version.len)
        http_add_header(&call.headers, "if-match", journal->version, arena);
    AzureBlobStatus status = azure_blob_send(journal->client, &call, &reply, arena);
    *problem = reply.problem;
    if (status == AZURE_BLOB_DONE)
        journal->version = str_clone(azure_blob_header(&reply, "etag"), journal->arena);
    else if (status != AZURE_BLOB_CONFLICT ||
             str_equal(reply.code, STR("BlockCountExceedsLimit")) ||
             !journal_has_frame(journal, frame, problem, arena))
        return false;
    journal->length += frame.len;
    return true;
}

/* An existing blob is this one, after a lost reply, or another run created it at the same time and
 * also appends to it: the condition of the append finds that out. */
static bool journal_create(AzurermJournal *journal, Str *problem, Arena *arena) {
    AzureBlobWrite write = {.name = journal->blob, .appends = true, .only_if_absent = true};
    AzureBlobReply reply;
    Str version = STR_EMPTY;
    AzureBlobStatus status = azure_blob_write(journal->client, &write, &version, problem, arena);
    if (status == AZURE_BLOB_CONFLICT)
        status = journal_get(journal, &reply, problem, arena);
    else
        journal->version = str_clone(version, journal->arena);
    journal->exists = status == AZURE_BLOB_DONE;
    return journal->exists;
}

static bool journal_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    AzurermJournal *journal = self;
    const size_t piece = BLOCK_MAX - HEADER_MAX;
    size_t parts = text.len == 0 ? 1 : (text.len + piece - 1) / piece;
    if (!azurerm_lock_check(journal->lock, problem, arena) ||
        (!journal->exists && !journal_create(journal, problem, arena)))
        return false;
    for (size_t i = 0; i < parts; i++) {
        Str bytes = str_slice(text, i * piece, (i + 1) * piece);
        Str lease = journal->lock->id.len ? journal->lock->id : STR("-");
        Str frame = str_format(arena, MAGIC " " FORMAT " %llu %zu %zu %zu %.*s\n%.*s",
                               (unsigned long long)number, i, parts, bytes.len, STR_ARG(lease),
                               STR_ARG(bytes));
        if (!journal_append(journal, frame, problem, arena))
            return false;
    }
    journal->last = number;
    return true;
}

bool azurerm_journal_clear(AzurermJournal *journal, Str *problem, Arena *arena) {
    AzureBlobStatus status = azure_blob_delete(journal->client, journal->blob, STR_EMPTY,
                                               journal->version, problem, arena);
    if (status != AZURE_BLOB_DONE)
        return false;
    journal->exists = false;
    journal->length = 0;
    journal->version = STR_EMPTY;
    return true;
}

/* A blob cannot be shortened, so the first segments stay until all of them can go; a reader ignores
 * them. */
static bool journal_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    AzurermJournal *journal = self;
    return journal->last >= below || azurerm_journal_clear(journal, problem, arena);
}

SegmentStore azurerm_journal_segments(AzurermJournal *journal, Str name) {
    return (SegmentStore){
        .self = journal,
        .name = name,
        .list = journal_list,
        .put = journal_put,
        .drop = journal_drop,
    };
}
