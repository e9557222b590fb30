/* etcd_snapshot: the stream of a snapshot, as the JSON gateway of etcd 3.6.4 sends it, in pieces of
 * every size; damaged and short streams. */
#include "base64.h"
#include "broken_document.h"
#include "digest.h"
#include "etcd_snapshot.h"
#include "hex.h"
#include "pki.h"
#include "quick_derivation.h"
#include "sealed_file.h"
#include "unit.h"

#define PASSPHRASE "correct horse battery"
#define STATUS                                                                                     \
    "{\"header\":{\"cluster_id\":\"14841639068965178418\",\"member_id\":\"10276657743932975437\"," \
    "\"revision\":\"4711\",\"raft_term\":\"2\"},\"version\":\"3.6.4\",\"dbSize\":\"20480\"}"
#define MEMBERS                                                                                    \
    "{\"members\":[{\"ID\":\"1\",\"name\":\"cp1\",\"peerURLs\":[\"https://10.88.0.11:2380\"],"     \
    "\"clientURLs\":[\"https://10.88.0.11:2379\",\"https://[fd00::11]:2379\"]},{\"ID\":\"2\","     \
    "\"clientURLs\":[\"https://10.88.0.12:2379\"]}]}"

typedef struct SnapshotCase {
    Arena *arena;
    Io io;
    Http http;
    Call call;
    Diags diags;
    char directory[64];
    Str path;
    Str content;
    Str stream;
    const char *status; /* NULL: STATUS */
    size_t piece;       /* bytes that the sink gets at once */
    SnapshotKeys keys;
    EtcdGateway etcd;
    EtcdSnapshot taken;
} SnapshotCase;

/* etcd. */
static HttpStatus respond(void *self, const HttpRequest *request, const HttpSink *sink,
                          HttpResponse *response, Str *, Arena *) {
    SnapshotCase *c = self;
    Str body = str_ends_with(request->url, STR("/v3/cluster/member/list")) ? STR(MEMBERS)
               : str_ends_with(request->url, STR("/health")) ? STR("{\"health\":\"true\"}")
               : str_ends_with(request->url, STR("/status"))
                   ? str_from_cstr(c->status ? c->status : STATUS)
                   : c->stream;
    response->code = 200;
    for (size_t at = 0; at < body.len; at += c->piece) {
        if (sink->write(sink->payload, str_slice(body, at, at + c->piece)))
            return HTTP_NOT_KEPT;
    }
    return HTTP_DONE;
}

/* The lines of a stream; the last 32 bytes of `content` are its digest. */
static Str stream_of(Str content, size_t blob, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t at = 0; at < content.len; at += blob) {
        Str part = str_slice(content, at, at + blob);
        size_t left = content.len - at - part.len;
        strbuf_add_cstr(&out, "{\"result\":{");
        if (left)
            strbuf_add_format(&out, "\"remaining_bytes\":\"%zu\",", left);
        strbuf_add_format(&out, "\"blob\":\"%.*s\",\"version\":\"3.6.4\"}}\n",
                          STR_ARG(base64_encode(part, arena)));
    }
    return strbuf_str(&out);
}

static void open_case(SnapshotCase *c, size_t size, size_t blob, size_t piece) {
    *c = (SnapshotCase){
        .arena = arena_open("test"), .directory = "/tmp/etcd-snapshot-XXXXXX", .piece = piece};
    PkiSet set;
    Str problem;
    assert_non_null(mkdtemp(c->directory));
    c->path = disk_join(str_from_cstr(c->directory), STR("s"), c->arena);
    c->http = (Http){.self = c, .attempt = respond};
    c->io = io_real();
    c->io.http = &c->http;
    c->diags = diags_new(c->arena);
    c->call = (Call){.io = &c->io, .arena = c->arena};
    char *bytes = arena_alloc(c->arena, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    Str body = {bytes, size};
    c->content = str_concat(body, digest_bytes(DIGEST_SHA256, body, c->arena), c->arena);
    c->stream = stream_of(c->content, blob, c->arena);
    assert_true(pki_set_make(STR("ECDSA-P256"), 0, INT64_C(4000000000), &set, &problem, c->arena));
    assert_true(
        etcd_gateway_open(&c->call, NULL, STR("10.88.0.11"), &set.etcd_ca, &c->etcd, &c->diags));
}

static void close_case(SnapshotCase *c) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    arena_close(c->arena);
}

static bool take(SnapshotCase *c) {
    EtcdSnapshotRequest request = {.cluster = STR("sha256:aa"),
                                   .kubernetes_version = STR("v1.34.4"),
                                   .keys = c->keys,
                                   .path = c->path,
                                   .passphrase = STR(PASSPHRASE)};
    c->diags = diags_new(c->arena);
    return etcd_snapshot_take(&c->etcd, &request, &c->taken, &c->diags);
}

/* Reads the file back, and compares it with what etcd sent. */
static void check_file(SnapshotCase *c) {
    SealedReader *reader;
    EtcdSnapshot head;
    StrBuf found = strbuf_new(c->arena);
    bool is_end = false;
    Str piece;
    check_str(sealed_reader_open(&disk_real, c->path, &reader, c->arena), "");
    assert_true(etcd_snapshot_parse(sealed_reader_head(reader), &head, c->arena));
    check_str(head.id, str_to_cstr(c->taken.id, c->arena));
    check_str(head.cluster, "sha256:aa");
    check_str(head.etcd_cluster, "cdf818194e3a8c32");
    check_str(head.kubernetes_version, "v1.34.4");
    check_str(head.etcd_version, "3.6.4");
    assert_int_equal(head.revision, 4711);
    check_str(snapshot_keys_text(&head.keys, c->arena),
              str_to_cstr(snapshot_keys_text(&c->keys, c->arena), c->arena));
    check_str(str_join(head.members.items, head.members.count, STR(" "), c->arena),
              "10.88.0.11 fd00::11 10.88.0.12");
    check_str(sealed_reader_unlock(reader, STR(PASSPHRASE), c->arena), "");
    while (!is_end) {
        check_str(sealed_reader_next(reader, &piece, &is_end, c->arena), "");
        strbuf_add(&found, piece);
    }
    assert_true(str_equal(strbuf_str(&found), c->content));
    sealed_reader_close(reader);
}

static void test_snapshot(void **) {
    static const struct {
        size_t size;
        size_t blob;
        size_t piece;
    } rows[] = {
        {1, 1, 1}, {31, 7, 3}, {512, 33, 100}, {512, 512, 1 << 20}, {1 << 19, 32768, 16384},
    };
    static const char *const records[] = {"", "none", "loam-1-aa=0123,loam-2-bb=kms secrets"};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SnapshotCase c;
        open_case(&c, rows[i].size, rows[i].blob, rows[i].piece);
        c.keys = snapshot_keys_parse(str_from_cstr(records[i % ARRAY_COUNT(records)]), c.arena);
        assert_true(take(&c));
        assert_int_equal(c.taken.size, rows[i].size + 32);
        check_str(c.taken.digest,
                  str_to_cstr(str_concat(STR("sha256:"),
                                         digest_hex(DIGEST_SHA256, c.content, c.arena), c.arena),
                              c.arena));
        check_file(&c);
        close_case(&c);
    }
}

/* Nothing is left of a snapshot that is not whole. */
static void test_broken(void **) {
    SnapshotCase c;
    open_case(&c, 4096, 1000, 500);
    Str whole = c.stream;
    Str changed = c.content;
    ((char *)(uintptr_t)(changed = str_clone(changed, c.arena)).ptr)[100] ^= 1;
    Str line = str_slice(whole, 0, str_find_char(whole, '\n', 0) + 1);
    const Str streams[] = {
        STR_EMPTY,
        STR("404 page not found"),
        STR("[]\n"),
        STR("{\"result\":{\"blob\":\"?\"}}\n"),
        line,
        str_slice(whole, 0, whole.len - 60),
        str_concat(whole, line, c.arena),
        str_concat(line, STR("{\"error\":{\"code\":14,\"message\":\"etcdserver: stopped\"}}\n"),
                   c.arena),
        stream_of(changed, 1000, c.arena),
        stream_of(str_slice(c.content, 0, 20), 20, c.arena),
    };
    for (size_t i = 0; i < ARRAY_COUNT(streams); i++) {
        DiskEntries entries = {0};
        c.stream = streams[i];
        assert_false(take(&c));
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].summary, "Snapshot not taken");
        assert_int_equal(disk_real.list(NULL, str_from_cstr(c.directory), &entries, c.arena), 0);
        assert_int_equal(entries.count, 0);
    }
    c.stream = streams[7];
    assert_false(take(&c));
    assert_true(str_find(c.diags.items[0].detail, STR("etcdserver: stopped"), 0) != SIZE_MAX);
    close_case(&c);
}

/* A snapshot needs the revision and the cluster of etcd. */
static void test_no_status(void **) {
    static const char *const texts[] = {
        "",
        "{}",
        "{\"header\":1}",
        "{\"header\":{\"cluster_id\":\"1\"}}",
        "{\"header\":{\"revision\":\"1\"}}",
        "{\"header\":{\"cluster_id\":\"x\",\"revision\":\"1\"}}",
        "{\"header\":{\"cluster_id\":\"1\",\"revision\":\"x\"}}",
    };
    SnapshotCase c;
    open_case(&c, 100, 100, 100);
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        c.status = texts[i];
        assert_false(take(&c));
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].detail,
                  "The etcd on 10.88.0.11 reports no status: it returned no status.");
    }
    close_case(&c);
}

static void test_heads(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char other_kind[] = "{\"kind\":\"other\",\"id\":\"a\",\"cluster\":\"b\","
                                     "\"kubernetes_version\":\"c\",\"revision\":1}";
    static const char *const heads[] = {
        "",         "[]",
        "{}",       "{\"kind\":\"etcd-snapshot\"}",
        other_kind, "{\"kind\":\"etcd-snapshot\",\"id\":\"a\",\"cluster\":\"b\",\"revision\":1}"};
    EtcdSnapshot head;
    for (size_t i = 0; i < ARRAY_COUNT(heads); i++)
        assert_false(etcd_snapshot_parse(str_from_cstr(heads[i]), &head, arena));
}

static void read_head(Str json, void *arena) {
    EtcdSnapshot head;
    if (etcd_snapshot_parse(json, &head, arena))
        assert_true(head.id.len && head.cluster.len && head.kubernetes_version.len);
}

static void test_other_kinds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char head[] =
        "{\"kind\":\"etcd-snapshot\",\"id\":\"a\",\"cluster\":\"b\",\"etcd_cluster\":\"c\","
        "\"kubernetes_version\":\"d\",\"etcd_version\":\"e\",\"taken_at\":\"f\",\"revision\":1,"
        "\"members\":[\"g\",\"h\"]}";
    assert_true(broken_document_kinds(str_from_cstr(head), read_head, arena) > 100);
}

UNIT_MAIN(test_etcd_snapshot) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snapshot),    cmocka_unit_test(test_broken),
        cmocka_unit_test(test_no_status),   cmocka_unit_test(test_heads),
        cmocka_unit_test(test_other_kinds),
    };
    quick_derivation_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
