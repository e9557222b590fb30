#include "kube_stream.h"
#include "record.h"
#include "url.h"

#include <errno.h>
#include <inttypes.h>

#define GRACE_MS 5000 /* for a stream that the server should have ended */
#define METADATA "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"

/* The lines of a stream, wherever its pieces begin and end: one buffer, emptied from the front
 * before it grows. The time is linear in the bytes, also for a long line in small pieces. */
typedef struct KubeStream {
    const KubeStreamRequest *request;
    StrBuf text;
    size_t start;   /* of the first incomplete line */
    size_t scanned; /* no newline is between start and here */
    StrBuf error;   /* lines that are no events: the body of an error */
} KubeStream;

static void stream_add_piece(KubeStream *stream, Str piece) {
    StrBuf *text = &stream->text;
    if (stream->start) {
        memmove(text->ptr, text->ptr + stream->start, text->len - stream->start);
        text->len -= stream->start;
        stream->scanned -= stream->start;
        stream->start = 0;
    }
    strbuf_add(text, piece);
}

/* Finds the next complete line, without its newline; valid until the next stream_add_piece. */
static bool next_line(KubeStream *stream, Str *line) {
    Str text = strbuf_str(&stream->text);
    size_t end = str_find_char(text, '\n', stream->scanned);
    if (end == SIZE_MAX) {
        stream->scanned = text.len;
        return false;
    }
    *line = str_slice(text, stream->start, end);
    stream->start = stream->scanned = end + 1;
    return true;
}

static int receive_piece(void *payload, Str piece) {
    KubeStream *stream = payload;
    Str line;
    stream_add_piece(stream, piece);
    while (next_line(stream, &line)) {
        KubeLine kind = stream->request->see(stream->request->payload, line);
        if (kind == KUBE_LINE_LAST)
            return -ECANCELED;
        if (kind == KUBE_LINE_OTHER)
            strbuf_add(&stream->error, line);
    }
    return 0;
}

static const RecordRow event_rows[] = {
    ROW_TEXT(KubeStreamEvent, "type", type),
    ROW_RAW_OBJECT(KubeStreamEvent, "object", object),
};
static const Record event_record = RECORD(KubeStreamEvent, event_rows);

bool kube_stream_event_read(Str line, KubeStreamEvent *out, Arena *arena) {
    const char *error;
    *out = (KubeStreamEvent){0};
    return record_from_json(line, &event_record, out, &error, arena) && out->type.len > 0;
}

static void add_selector(StrBuf *path, const char *name, Str selector) {
    if (selector.len > 0)
        strbuf_add_format(path, "&%s=%.*s", name,
                          STR_ARG(url_encode(selector, false, path->arena)));
}

static Str stream_path(const KubeStreamRequest *request, Arena *arena) {
    StrBuf path = strbuf_new(arena);
    strbuf_add(&path, kube_resource_path(&request->ref, arena));
    strbuf_add_format(
        &path, "?watch=1&allowWatchBookmarks=true&timeoutSeconds=%" PRId64 "&resourceVersion=%.*s",
        request->seconds, STR_ARG(url_encode(request->version, false, arena)));
    add_selector(&path, "fieldSelector", request->field_selector);
    add_selector(&path, "labelSelector", request->label_selector);
    return strbuf_str(&path);
}

void kube_stream_run(const KubeCall *call, const KubeStreamRequest *request, KubeResponse *response,
                     Diags *diags) {
    const Clock *clock = kube_client_io(call->client)->clock;
    KubeStream stream = {
        .request = request, .text = strbuf_new(call->arena), .error = strbuf_new(call->arena)};
    HttpSink sink = {receive_piece, &stream};
    KubeCall own = *call;
    KubeRequest get = {
        .method = "GET",
        .path = stream_path(request, call->arena),
        .accept = request->only_metadata ? STR(METADATA) : STR_EMPTY,
        .sink = &sink,
    };
    own.deadline_ms = clock->monotonic_ms(clock->self) + request->seconds * 1000 + GRACE_MS;
    (void)kube_call_send(&own, get, response, diags);
    if (response->code >= 300) { /* the body went through the sink */
        strbuf_add(&stream.error, str_after(strbuf_str(&stream.text), stream.start));
        response->status = kube_status_read(response->code, strbuf_str(&stream.error), call->arena);
        response->problem = kube_status_text(&response->status, call->arena);
    }
}
