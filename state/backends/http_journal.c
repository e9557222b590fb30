/* http_journal: all segments in one document, which has the form of a state so that a server which
 * stores only states accepts it:
 *
 *    {"version": 4, "serial": N, "lineage": "…", "resources": [], …,
 *     "loam_journal": [{"number": 1, "text": "…"}]}
 *
 * A server may demand a higher serial with each write, and the same lineage. Every write carries
 * the ID of the state's lock. A server that locks each document by itself rejects an ID for a
 * document without a lock, so a write whose first attempt is rejected (409 or 423) is sent again
 * without an ID. */
#include "http_store.h"
#include "journal_segments.h"
#include "problem.h"
#include "record.h"
#include "url.h"
#include "uuid.h"
#include "version.h"

typedef struct JournalDocument {
    uint64_t serial;
    Str lineage;
    Segments segments;
} JournalDocument;

struct HttpJournal {
    HttpStore *store;
    JournalStore *lines;
    Arena *arena; /* of the document */
    JournalDocument document;
    bool was_accepted; /* a write was accepted, in the form of `is_unnamed` */
    bool is_unnamed;   /* writes carry no ID of a lock */
};

static const RecordRow segment_rows[] = {
    ROW_UINT64(Segment, "number", number),
    ROW_TEXT(Segment, "text", text),
};
static const Record segment_record = RECORD(Segment, segment_rows);

static const RecordRow document_rows[] = {
    ROW_UINT64(JournalDocument, "serial", serial),
    ROW_TEXT(JournalDocument, "lineage", lineage),
    ROW_LIST(JournalDocument, "loam_journal", segments, Segment, segment_record),
};
static const Record http_document_record = RECORD(JournalDocument, document_rows);

/* The member that no other state has. */
typedef struct JournalMark {
    Str segments;
} JournalMark;

static const RecordRow mark_rows[] = {ROW_RAW_LIST(JournalMark, "loam_journal", segments)};
static const Record mark_record = RECORD(JournalMark, mark_rows);

static bool report_code(int code, Str *problem, Arena *arena) {
    return problem_set(problem, arena,
                       "the server of \"journal_address\" responded with HTTP status %d", code);
}

/* Copies the document into an arena of its own, so that removed segments leave memory. */
static void keep_document(HttpJournal *journal, const JournalDocument *document) {
    Arena *arena = arena_open("http journal");
    JournalDocument copy = {document->serial, str_clone(document->lineage, arena), {0}};
    vec_each(&document->segments, segment) {
        Segment clone = {segment->number, str_clone(segment->text, arena)};
        vec_push(arena, &copy.segments, clone);
    }
    arena_close(journal->arena);
    journal->arena = arena;
    journal->document = copy;
}

/* The address of another state is an error: a write would destroy that state. */
static bool decode_document(const HttpResponse *response, JournalDocument *out, Str *problem,
                            Arena *arena) {
    JournalMark mark = {0};
    const char *ignored;
    return (http_store_is_intact(response) &&
            record_from_json(response->body, &mark_record, &mark, &ignored, arena) &&
            mark.segments.len > 0 &&
            record_from_json(response->body, &http_document_record, out, &ignored, arena)) ||
           problem_text(problem, "the document at \"journal_address\" is damaged, or is not a "
                                 "journal of loam but a state; it was not changed");
}

static bool http_journal_list(void *self, Segments *out, Str *problem, Arena *arena) {
    HttpJournal *journal = self;
    const HttpStore *store = journal->store;
    JournalDocument document = {0};
    HttpResponse response;
    HttpRequest request =
        http_store_request(store, STR("GET"), store->journal_address, STR_EMPTY, arena);
    if (http_send(store->io, &request, &response, problem, arena) != HTTP_DONE)
        return false;
    bool is_absent = response.code == 204 || response.code == 404 ||
                     (response.code == 200 && response.body.len == 0);
    if (!is_absent && response.code != 200)
        return report_code(response.code, problem, arena);
    if (!is_absent && !decode_document(&response, &document, problem, arena))
        return false;
    keep_document(journal, &document);
    vec_each(&document.segments, segment) {
        vec_push(arena, out, *segment);
    }
    return true;
}

static Str encode_document(const JournalDocument *document, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter json;
    json_writer_init(&json, &text, 0);
    RecordWriter writing = {.writer = &json, .scratch = arena};
    json_object_start(&json);
    json_key_int(&json, "version", 4);
    json_key_string(&json, "terraform_version", STR(VERSION_TERRAFORM));
    json_key(&json, STR("outputs"));
    json_raw(&json, STR("{}"));
    json_key(&json, STR("resources"));
    json_raw(&json, STR("[]"));
    json_key(&json, STR("check_results"));
    json_raw(&json, STR("null"));
    record_write_members(&writing, &http_document_record, document);
    json_object_end(&json);
    return strbuf_str(&text);
}

static bool is_rejected(const HttpResponse *response) {
    return response->code == 409 || response->code == 423;
}

static bool write_document(HttpJournal *journal, Str *problem, Arena *arena) {
    const HttpStore *store = journal->store;
    journal->document.serial++;
    if (journal->document.lineage.len == 0)
        journal->document.lineage = uuid_v4(journal->arena);
    Str body = encode_document(&journal->document, arena);
    Str method = http_store_text(store, "journal_method", "POST");
    HttpResponse response = {.code = 409};
    for (int i = 0; i < 2 && is_rejected(&response) && !(i > 0 && journal->was_accepted); i++) {
        journal->is_unnamed |= i > 0;
        Str address = store->journal_address;
        if (!journal->is_unnamed)
            address = http_store_with_lock(store, address, arena);
        HttpRequest request = http_store_request(store, method, address, body, arena);
        if (http_send(store->io, &request, &response, problem, arena) != HTTP_DONE)
            return false;
    }
    bool ok = response.code == 200 || response.code == 201 || response.code == 204;
    journal->was_accepted |= ok;
    if (is_rejected(&response))
        return problem_set(problem, arena,
                           "the server of \"journal_address\" rejects it (HTTP status %d), so "
                           "this run has lost its lock, or another program has locked the journal",
                           response.code);
    return ok || report_code(response.code, problem, arena);
}

/* A text that replaces the journal removes the others in the same write. */
static bool http_journal_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    HttpJournal *journal = self;
    if (str_starts_with(text, STR("\n")))
        journal->document.segments.count = 0;
    Segment segment = {number, str_clone(text, journal->arena)};
    vec_push(journal->arena, &journal->document.segments, segment);
    return write_document(journal, problem, arena);
}

static bool http_journal_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    HttpJournal *journal = self;
    JournalDocument left = {journal->document.serial, journal->document.lineage, {0}};
    vec_each(&journal->document.segments, segment) {
        if (segment->number >= below)
            vec_push(arena, &left.segments, *segment);
    }
    bool is_same = left.segments.count == journal->document.segments.count;
    keep_document(journal, &left);
    return is_same || write_document(journal, problem, arena);
}

HttpJournal *http_journal_open(HttpStore *store, Arena *arena) {
    HttpJournal *journal = arena_new(arena, HttpJournal);
    SegmentStore segments = {
        .self = journal,
        .name = url_redact(store->journal_address, arena),
        .list = http_journal_list,
        .put = http_journal_put,
        .drop = http_journal_drop,
    };
    journal->store = store;
    journal->arena = arena_open("http journal");
    journal->lines = journal_segments_new(&segments, arena);
    return journal;
}

JournalStore *http_journal_lines(HttpJournal *journal) {
    return journal ? journal->lines : NULL;
}

void http_journal_close(HttpJournal *journal) {
    if (!journal)
        return;
    journal->lines->close(journal->lines);
    arena_close(journal->arena);
}
