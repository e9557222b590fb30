/* etcd_snapshot: reads the stream line by line, in constant memory. */
#include "etcd_snapshot.h"
#include "base64.h"
#include "digest.h"
#include "etcd_members.h"
#include "hex.h"
#include "json.h"
#include "path_error.h"
#include "sealed_file.h"
#include "timestamp.h"
#include "uuid.h"

#include <errno.h>

#define KIND       "etcd-snapshot"
#define LINE_BYTES ((size_t)1 << 20) /* etcd sends blobs of 32 KiB */
#define STREAM_MAX ((uint64_t)1 << 36)
#define STATUS_MS  INT64_C(10000)

/* The stream. */

typedef struct Stream {
    const Call *call;
    SealedWriter *writer;
    Arena *scratch; /* reset for each line */
    char *line;     /* LINE_BYTES */
    size_t used;
    Digest *whole;
    Digest *body; /* without the trailer */
    char tail[ETCD_SNAPSHOT_TRAILER];
    size_t tail_count;
    uint64_t size;
    Str problem;
} Stream;

static int snapshot_fail(Stream *stream, Str problem) {
    stream->problem = str_clone(problem, stream->call->arena);
    return -EIO;
}

/* The last 32 bytes so far stay in `tail`, because they may be the trailer. */
static void add_to_body(Stream *stream, Str blob) {
    char joined[2 * ETCD_SNAPSHOT_TRAILER];
    size_t kept = blob.len < ETCD_SNAPSHOT_TRAILER ? blob.len : ETCD_SNAPSHOT_TRAILER;
    digest_update(stream->whole, blob);
    if (blob.len > ETCD_SNAPSHOT_TRAILER) {
        digest_update(stream->body, (Str){stream->tail, stream->tail_count});
        digest_update(stream->body, str_slice(blob, 0, blob.len - ETCD_SNAPSHOT_TRAILER));
        stream->tail_count = 0;
    }
    memcpy(joined, stream->tail, stream->tail_count);
    memcpy(joined + stream->tail_count, blob.ptr + blob.len - kept, kept);
    size_t count = stream->tail_count + kept,
           extra = count > ETCD_SNAPSHOT_TRAILER ? count - ETCD_SNAPSHOT_TRAILER : 0;
    digest_update(stream->body, (Str){joined, extra});
    memcpy(stream->tail, joined + extra, count - extra);
    stream->tail_count = count - extra;
}

static int take_line(Stream *stream) {
    Value root, result, error;
    Str blob, left = STR_EMPTY;
    uint64_t remaining = 0;
    arena_reset(stream->scratch);
    Str line = str_trim((Str){stream->line, stream->used});
    stream->used = 0;
    if (!line.len)
        return 0;
    if (!json_parse_object(line, &root, stream->scratch))
        return snapshot_fail(stream, STR("the response is no snapshot"));
    if (value_find_present(root, STR("error"), &error))
        return snapshot_fail(stream, error.type->kind == KIND_OBJECT
                                         ? value_text_at(error, STR("message"))
                                         : STR("the stream broke"));
    if (!value_find_present(root, STR("result"), &result) || result.type->kind != KIND_OBJECT ||
        !base64_decode(value_text_at(result, STR("blob")), &blob, stream->scratch))
        return snapshot_fail(stream, STR("the response is no snapshot"));
    add_to_body(stream, blob);
    stream->size += blob.len;
    left = value_text_at(result, STR("remaining_bytes"));
    if (left.len && !str_to_uint64(left, &remaining))
        remaining = 0;
    call_progress(stream->call, stream->size, stream->size + remaining, "copying the snapshot");
    Str problem = sealed_writer_add(stream->writer, blob, stream->call->arena);
    return problem.len ? snapshot_fail(stream, problem) : 0;
}

static int snapshot_receive(void *payload, Str piece) {
    Stream *stream = payload;
    while (piece.len) {
        size_t end = str_find_char(piece, '\n', 0);
        Str part = end == SIZE_MAX ? piece : str_slice(piece, 0, end);
        if (part.len > LINE_BYTES - stream->used)
            return snapshot_fail(stream, STR("the response is no snapshot"));
        memcpy(stream->line + stream->used, part.ptr, part.len);
        stream->used += part.len;
        piece = str_after(piece, part.len);
        if (end == SIZE_MAX)
            continue;
        piece = str_after(piece, 1);
        int error = take_line(stream);
        if (error)
            return error;
    }
    return 0;
}

/* Closes both digests. Returns why the stream is not a whole snapshot; empty: it is. */
static Str finish_stream(Stream *stream, Str sent, Str *digest, Arena *arena) {
    Str last = !sent.len && take_line(stream) ? stream->problem : STR_EMPTY;
    Str body = digest_finish(stream->body, arena);
    *digest = str_concat(STR("sha256:"), digest_finish(stream->whole, arena), arena);
    if (stream->problem.len)
        return stream->problem;
    if (sent.len || last.len)
        return sent.len ? sent : last;
    Str trailer = hex_encode((Str){stream->tail, stream->tail_count}, arena);
    return stream->size > ETCD_SNAPSHOT_TRAILER && str_equal(body, trailer)
               ? STR_EMPTY
               : STR("the stream ended early, or was damaged");
}

static Str copy_stream(const EtcdGateway *etcd, SealedWriter *writer, EtcdSnapshot *out) {
    Arena *arena = etcd->call->arena;
    SCOPED(ArenaRef) scratch = arena_open("snapshot");
    Stream stream = {
        .call = etcd->call,
        .writer = writer,
        .scratch = scratch,
        .line = arena_alloc(arena, LINE_BYTES),
        .whole = digest_open(DIGEST_SHA256),
        .body = digest_open(DIGEST_SHA256),
    };
    EtcdRequest request = {
        .path = "/v3/maintenance/snapshot", .body = STR("{}"), .body_limit = STREAM_MAX};
    HttpSink sink = {.write = snapshot_receive, .payload = &stream};
    Str sent = etcd_gateway_send(etcd, &request, &sink);
    Str problem = finish_stream(&stream, sent, &out->digest, arena);
    out->size = stream.size;
    return problem.len ? problem : sealed_writer_finish(writer, arena);
}

/* The head. */

static int snapshot_append(void *payload, Str piece) {
    strbuf_add(payload, piece);
    return 0;
}

static Str snapshot_read_status(const EtcdGateway *etcd, EtcdSnapshot *out) {
    Arena *arena = etcd->call->arena;
    StrBuf body = strbuf_new(arena);
    HttpSink sink = {.write = snapshot_append, .payload = &body};
    EtcdRequest request = {
        .path = "/v3/maintenance/status", .body = STR("{}"), .timeout_ms = STATUS_MS};
    Value root, header;
    uint64_t cluster;
    Str problem = etcd_gateway_send(etcd, &request, &sink);
    if (problem.len)
        return problem;
    if (!json_parse_object(strbuf_str(&body), &root, arena) ||
        !value_find_present(root, STR("header"), &header) || header.type->kind != KIND_OBJECT ||
        !str_to_uint64(value_text_at(header, STR("revision")), &out->revision) ||
        !str_to_uint64(value_text_at(header, STR("cluster_id")), &cluster))
        return STR("it returned no status");
    out->etcd_cluster = str_format(arena, "%llx", (unsigned long long)cluster);
    out->etcd_version = value_text_at(root, STR("version"));
    return STR_EMPTY;
}

static bool snapshot_describe(const EtcdGateway *etcd, const EtcdSnapshotRequest *request,
                              EtcdSnapshot *out, Diags *diags) {
    const Call *call = etcd->call;
    const Clock *clock = call->io->clock;
    EtcdNodes nodes = {0};
    Timestamp now = {.seconds = clock->now_ms(clock->self) / 1000};
    *out = (EtcdSnapshot){.id = uuid_v4(call->arena),
                          .cluster = request->cluster,
                          .kubernetes_version = request->kubernetes_version,
                          .keys = request->keys,
                          .taken_at = timestamp_to_str(now, call->arena)};
    if (!etcd_members_list(etcd, &nodes, diags))
        return false;
    vec_each(&nodes, node) {
        vec_each(&node->client_urls, url)
            vec_push(call->arena, &out->members, etcd_members_host(*url));
    }
    Str problem = snapshot_read_status(etcd, out);
    return !problem.len || path_error(call, NO_PATH, diags, "etcd does not respond",
                                      "The etcd on %.*s reports no status: %.*s.",
                                      STR_ARG(etcd->host), STR_ARG(problem));
}

static Str head_text(const EtcdSnapshot *snapshot, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "kind", STR(KIND));
    json_key_string(&writer, "id", snapshot->id);
    json_key_string(&writer, "cluster", snapshot->cluster);
    json_key_string(&writer, "etcd_cluster", snapshot->etcd_cluster);
    json_key_int(&writer, "revision", (int64_t)snapshot->revision);
    json_key_string(&writer, "kubernetes_version", snapshot->kubernetes_version);
    json_key_string(&writer, "etcd_version", snapshot->etcd_version);
    json_key_string(&writer, "taken_at", snapshot->taken_at);
    json_key_array(&writer, "members");
    vec_each(&snapshot->members, member)
        json_write_string(&writer, *member);
    json_array_end(&writer);
    if (snapshot->keys.is_known)
        json_key_string(&writer, "encryption", snapshot_keys_text(&snapshot->keys, arena));
    json_object_end(&writer);
    return strbuf_str(&text);
}

bool etcd_snapshot_parse(Str head, EtcdSnapshot *out, Arena *arena) {
    Value root;
    int64_t number = 0;
    if (!json_parse_object(head, &root, arena) ||
        !str_equal(value_text_at(root, STR("kind")), STR(KIND)) ||
        !value_find_int(root, STR("revision"), &number))
        return false;
    *out = (EtcdSnapshot){
        .id = value_text_at(root, STR("id")),
        .cluster = value_text_at(root, STR("cluster")),
        .etcd_cluster = value_text_at(root, STR("etcd_cluster")),
        .revision = (uint64_t)number,
        .kubernetes_version = value_text_at(root, STR("kubernetes_version")),
        .etcd_version = value_text_at(root, STR("etcd_version")),
        .taken_at = value_text_at(root, STR("taken_at")),
        .members = value_texts_of(value_tuple_at(root, STR("members")), arena),
        .keys = snapshot_keys_parse(value_text_at(root, STR("encryption")), arena),
    };
    return out->id.len && out->cluster.len && out->kubernetes_version.len;
}

bool etcd_snapshot_take(const EtcdGateway *etcd, const EtcdSnapshotRequest *request,
                        EtcdSnapshot *out, Diags *diags) {
    const Call *call = etcd->call;
    SealedWriter *writer;
    if (!snapshot_describe(etcd, request, out, diags))
        return false;
    Str problem = sealed_writer_open(call->io->disk, request->path, request->passphrase,
                                     head_text(out, call->arena), &writer, call->arena);
    if (!problem.len)
        problem = copy_stream(etcd, writer, out);
    sealed_writer_close(writer);
    return !problem.len ||
           path_error(call, NO_PATH, diags, "Snapshot not taken",
                      "The snapshot of the etcd on %.*s was not written to "
                      "\"%.*s\": %.*s.",
                      STR_ARG(etcd->host), STR_ARG(request->path), STR_ARG(problem));
}
