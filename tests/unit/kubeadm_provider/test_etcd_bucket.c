/* etcd_bucket and etcd_upload: names, arguments, the choice of the newest snapshot, and the
 * signature of the machine's script, which is that of loam's own client. */
#include "aws_signature.h"
#include "base64.h"
#include "digest.h"
#include "etcd_upload.h"
#include "hex.h"
#include "machine_script.h"
#include "object_builder.h"
#include "scripted_http.h"

#include <stdio.h>
#include <unistd.h>

extern const char s3_put_sh[];

#define CLUSTER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_names(void **) {
    static const struct {
        const char *key;
        const char *cluster;
        const char *version; /* NULL: no snapshot */
        const char *time;
    } rows[] = {
        {"etcd/" CLUSTER "/etcd-1.34.4-20260131T030000Z-cp1.cms", "sha256:" CLUSTER, "v1.34.4",
         "2026-01-31T03:00:00Z"},
        {"a/b/" CLUSTER "/etcd-1.35.0_rc.1-20260131T030000Z-a-b.c.cms", "sha256:" CLUSTER,
         "v1.35.0-rc.1", "2026-01-31T03:00:00Z"},
        {"etcd-1.34.4-20260131T030000Z-cp1.cms", "", "v1.34.4", "2026-01-31T03:00:00Z"},
        {"other/etcd-1.34.4-20260131T030000Z-cp1.cms", "", "v1.34.4", "2026-01-31T03:00:00Z"},
        {"etcd/" CLUSTER "/etcd-1.34.4-20260131T030000Z.cms", NULL, NULL, NULL},
        {"etcd/" CLUSTER "/etcd-1.34.4-20260131X030000Z-cp1.cms", NULL, NULL, NULL},
        {"etcd/" CLUSTER "/etcd-1.34.4-2026013aT030000Z-cp1.cms", NULL, NULL, NULL},
        {"etcd/" CLUSTER "/etcd-1.34.4-20260131T030000Z-cp1.db", NULL, NULL, NULL},
        {"etcd/" CLUSTER "/etcd-.cms", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EtcdSnapshot found;
        bool is_name = etcd_bucket_parse(str_from_cstr(rows[i].key), &found, arena);
        if (is_name != (rows[i].version != NULL))
            fail_msg("%s", rows[i].key);
        if (!is_name)
            continue;
        check_str(found.cluster, rows[i].cluster);
        check_str(found.kubernetes_version, rows[i].version);
        check_str(found.taken_at, rows[i].time);
    }
}

static void test_checks(void **) {
    static const struct {
        Str (*check)(Value value, Arena *arena);
        const char *text;
        bool is_valid;
    } rows[] = {
        {etcd_bucket_check_name, "a.b-c_9", true},
        {etcd_bucket_check_name, "", false},
        {etcd_bucket_check_name, "a/b", false},
        {etcd_bucket_check_prefix, "a/b", true},
        {etcd_bucket_check_prefix, "/a", false},
        {etcd_bucket_check_prefix, "a/", false},
        {etcd_bucket_check_prefix, "a//b", false},
        {etcd_bucket_check_prefix, "a b", false},
        {etcd_bucket_check_prefix, "", false},
        {etcd_bucket_check_endpoint, "https://s3.example.com", true},
        {etcd_bucket_check_endpoint, "http://10.0.0.1:7070/a", true},
        {etcd_bucket_check_endpoint, "http://[fd00::1]:7070", true},
        {etcd_bucket_check_endpoint, "s3.example.com", false},
        {etcd_bucket_check_endpoint, "ftp://h", false},
        {etcd_bucket_check_endpoint, "https://h?x=1", false},
        {etcd_bucket_check_endpoint, "https://h/a\nb", false},
        {etcd_bucket_check_endpoint, "https://h/$(id)", false},
        {etcd_bucket_check_line, "a+/=", true},
        {etcd_bucket_check_line, "a b", false},
        {etcd_bucket_check_line, "a\n", false},
        {etcd_bucket_check_line, "a\"b", false},
        {etcd_bucket_check_line, "", false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if ((rows[i].check(value_from_cstr(rows[i].text), arena).len == 0) != rows[i].is_valid)
            fail_msg("%s", rows[i].text);
    }
}

static const Attribute arguments[] = {ETCD_UPLOAD_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(arguments)};

static Value arguments_of(bool has_keys, Arena *arena) {
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    object_builder_set_text(&builder, "bucket", STR("snapshots"), arena);
    object_builder_set_text(&builder, "prefix", STR("a/b"), arena);
    object_builder_set_text(&builder, "region", STR("r-1"), arena);
    object_builder_set_text(&builder, "endpoint", STR("http://10.0.0.1:7070"), arena);
    object_builder_set_text(&builder, "certificate", STR("PEM"), arena);
    object_builder_set_text(&builder, "credentials_version", STR("2"), arena);
    if (has_keys) {
        object_builder_set_text(&builder, "access_key", STR("A"), arena);
        object_builder_set_text(&builder, "secret_key", STR("very secret"), arena);
    }
    return object_builder_value(&builder);
}

/* A bucket behind a script of answers. */
typedef struct BucketCase {
    Arena *arena;
    ScriptedHttp script;
    Io io;
    Call call;
    EtcdBucket bucket;
} BucketCase;

static void bucket_open(BucketCase *c, const ScriptedAnswer *answers, size_t count) {
    Arena *arena = arena_open("test");
    *c = (BucketCase){.arena = arena, .script = {.answers = answers, .count = count}};
    c->io = scripted_http_io(&c->script, arena);
    c->io.process = io_real().process;
    c->call = (Call){.io = &c->io, .arena = arena};
    check_str(
        etcd_bucket_open(&c->call, arguments_of(true, arena), STR("sha256:" CLUSTER), &c->bucket),
        "");
}

static void bucket_close(BucketCase *c) {
    assert_int_equal(c->script.next, c->script.count);
    etcd_bucket_close(&c->bucket);
    arena_close(c->arena);
}

#define KEY(name) "<Contents><Key>a/b/" CLUSTER "/" name "</Key></Contents>"
#define LIST(keys)                                                                                 \
    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" keys                    \
    "</ListBucketResult>"

/* The newest and the oldest one by its time, whatever its version and machine; other objects do not
 * count. */
#define NAMES                                                                                      \
    LIST(KEY("etcd-1.34.4-20260131T030000Z-cp1.cms") KEY("etcd-1.34.4-20260201T030000Z-cp1.cms")   \
             KEY("etcd-1.35.0-20260101T030000Z-cp2.cms") KEY("etcd-notes")                         \
                 KEY("etcd-1.35.0-29990101T030000Z-cp2.txt"))

static void check_key(Str key, const char *name, Arena *arena) {
    Str wanted = name ? str_format(arena, "a/b/" CLUSTER "/%s", name) : STR_EMPTY;
    check_str(key, str_to_cstr(wanted, arena));
}

static void test_newest(void **) {
    static const struct {
        ScriptedAnswer answer;
        const char *node; /* empty: any */
        const char *key;  /* after the directory */
        const char *oldest;
        const char *problem;
    } rows[] = {
        {{.code = 200, .body = NAMES},
         "",
         "etcd-1.34.4-20260201T030000Z-cp1.cms",
         "etcd-1.35.0-20260101T030000Z-cp2.cms",
         ""},
        {{.code = 200, .body = NAMES},
         "cp1",
         "etcd-1.34.4-20260201T030000Z-cp1.cms",
         "etcd-1.34.4-20260131T030000Z-cp1.cms",
         ""},
        {{.code = 200, .body = NAMES},
         "cp2",
         "etcd-1.35.0-20260101T030000Z-cp2.cms",
         "etcd-1.35.0-20260101T030000Z-cp2.cms",
         ""},
        {{.code = 200, .body = NAMES}, "p1", NULL, NULL, ""},
        {{.code = 200, .body = LIST("")}, "", NULL, NULL, ""},
        {{.code = 403, .body = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>"},
         "",
         NULL,
         NULL,
         "the bucket \"snapshots\" does not list its objects: HTTP status 403 AccessDenied (No): "
         "the credentials do not have the required permission"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        BucketCase c;
        EtcdBucketEnds ends;
        bucket_open(&c, &rows[i].answer, 1);
        check_str(etcd_bucket_find_ends(&c.bucket, str_from_cstr(rows[i].node), &ends),
                  rows[i].problem);
        check_key(ends.newest, rows[i].key, c.arena);
        check_key(ends.oldest, rows[i].oldest, c.arena);
        assert_true(str_find(strbuf_str(&c.script.diary),
                             STR("&prefix=a%2Fb%2F" CLUSTER "%2Fetcd-"), 0) != SIZE_MAX);
        bucket_close(&c);
    }
}

/* The members and the keys come from the metadata, the rest from the name. */
static void test_look(void **) {
    static const HttpHeader headers[] = {
        {STR_CONST("content-length"), STR_CONST("1234")},
        {STR_CONST("x-amz-meta-loam-members"),
         STR_CONST("https://10.0.0.1:2379,https://[fd00::1]:2379 https://b:2379 none")},
        {STR_CONST("x-amz-meta-loam-encryption"), STR_CONST("loam-1-aa=0123 secrets")},
    };
    static const ScriptedAnswer answers[] = {
        {.code = 200, .headers = headers, .header_count = ARRAY_COUNT(headers)},
        {.code = 404},
        {.code = 403},
    };
    static const char key[] = "a/b/" CLUSTER "/etcd-1.34.4-20260131T030000Z-cp1.cms";
    BucketCase c;
    EtcdSnapshot found, other;
    bucket_open(&c, answers, ARRAY_COUNT(answers));
    check_str(
        etcd_bucket_look(&c.bucket, STR("a/none"), &other),
        "\"a/none\" is no name of a snapshot, as the schedule of kubeadm_etcd_snapshot writes "
        "it");
    check_str(etcd_bucket_look(&c.bucket, str_from_cstr(key), &found), "");
    assert_int_equal(found.size, 1234);
    assert_int_equal(found.members.count, 3);
    check_str(found.members.items[0], "10.0.0.1");
    check_str(found.members.items[1], "fd00::1");
    check_str(found.members.items[2], "b");
    check_str(snapshot_keys_text(&found.keys, c.arena), "loam-1-aa=0123 secrets");
    assert_int_equal(found.id.len, 32);
    assert_true(str_find(etcd_bucket_look(&c.bucket, str_from_cstr(key), &other),
                         STR("does not exist"), 0) != SIZE_MAX);
    assert_true(str_find(etcd_bucket_look(&c.bucket, str_from_cstr(key), &other), STR("403"), 0) !=
                SIZE_MAX);
    bucket_close(&c);
}

static void test_fetch(void **) {
    static const ScriptedAnswer answers[] = {{.code = 200, .body = "message"}, {.code = 404}};
    char path[] = "/tmp/etcd-bucket-XXXXXX";
    BucketCase c;
    Str content;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(close(file), 0);
    bucket_open(&c, answers, ARRAY_COUNT(answers));
    check_str(etcd_bucket_fetch(&c.bucket, STR("a/k"), str_from_cstr(path)), "");
    assert_int_equal(disk_real.read_file(NULL, str_from_cstr(path), &content, c.arena), 0);
    check_str(content, "message");
    assert_true(etcd_bucket_fetch(&c.bucket, STR("a/k"), str_from_cstr(path)).len > 0);
    assert_int_equal(unlink(path), 0);
    bucket_close(&c);
}

/* The settings, which a plan compares, are the same with the credentials and without. */
static void test_settings(void **) {
    static const MachineRow rows[] = {{0}};
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    EtcdUpload with, without;
    machine_script_open(&machine, rows, 0, arena);
    const Call *call = &machine.call;
    check_str(etcd_upload_read(call, arguments_of(true, arena), STR("sha256:" CLUSTER), 3, &with),
              "");
    check_str(
        etcd_upload_read(call, arguments_of(false, arena), STR("sha256:" CLUSTER), 3, &without),
        "");
    assert_true(str_equal(with.settings, without.settings));
    check_str(with.settings, "base http://10.0.0.1:7070/snapshots\nprefix a/b/" CLUSTER
                             "\nregion r-1\ncertificate UEVN\n");
    check_str(with.credentials, "version Mg==\naccess A\nsecret very secret\n");
    check_str(without.credentials, "");
    check_str(without.first, "version Mg==");
    Value deletes = object_with(arguments_of(true, arena), "allow_delete", value_bool(true), arena);
    check_str(etcd_upload_read(call, deletes, STR("sha256:" CLUSTER), 3, &with), "");
    assert_true(str_find(with.settings, STR("\nkeep 3\n"), 0) != SIZE_MAX);
    machine_script_close(&machine);
}

/* One run on the machine: its last line describes the snapshot. */
static void test_run(void **) {
#define STORED "a/" CLUSTER "/etcd-1.34.4-20260131T030000Z-cp1.cms"
    static const MachineRow rows[] = {
        {.out = "noise\n" STORED " 1000 abcd 12 loam-1-aa=0123 secrets\n"},
        {.out = STORED " 1000 abcd\n"},
        {.err = "HTTP status 403 AccessDenied\n", .exit_status = 1},
        {.out = "the program curl is missing\n", .exit_status = 1},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    EtcdUpload upload = {.settings = STR("base b\n"), .credentials = STR("secret S\n")};
    EtcdSnapshot taken;
    Str key;
    machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
    assert_true(etcd_upload_run(&machine.link, &upload, &taken, &key, &machine.diags));
    check_str(key, STORED);
    check_str(taken.digest, "sha256:abcd");
    assert_int_equal(taken.size, 1000);
    assert_int_equal(taken.revision, 12);
    check_str(snapshot_keys_text(&taken.keys, arena), "loam-1-aa=0123 secrets");
    check_str(machine.inputs.items[0], "base b\nsecret S\n");
    assert_true(str_find(machine.commands.items[0], STR("secret S"), 0) == SIZE_MAX);
    assert_false(etcd_upload_run(&machine.link, &upload, &taken, &key, &machine.diags));
    assert_false(etcd_upload_run(&machine.link, &upload, &taken, &key, &machine.diags));
    assert_true(str_find(vec_last(&machine.diags).detail, STR("AccessDenied"), 0) != SIZE_MAX);
    assert_false(etcd_upload_check(&machine.link, &machine.diags));
    assert_true(str_find(vec_last(&machine.diags).detail, STR("curl is missing"), 0) != SIZE_MAX);
    machine_script_close(&machine);
}

/* What the script signs, and loam's client too. */
typedef struct SignedRow {
    const char *base;
    const char *path; /* of the URL's bucket */
    const char *method;
    const char *object;
    const char *query;
    const char *token;
    const char *before; /* headers that stand before and after those of every request */
    const char *after;
    const char *body;
} SignedRow;

static const SignedRow signed_rows[] = {
    {"https://s3.example.com/bucket", "/bucket", "PUT", "/a/b.cms", "", "",
     "if-none-match:*\nx-amz-checksum-sha256:abc=",
     "x-amz-meta-loam-encryption:loam-1-aa=0123,loam-2-bb=kms secrets\n"
     "x-amz-meta-loam-members:https://10.0.0.1:2379 https://b:2379\nx-amz-meta-loam-revision:12",
     "content"},
    {"https://bucket.s3.example.com", "", "PUT", "/a/b.cms", "", "a+token/of=a session", "", "",
     "content"},
    {"http://10.0.0.1:7070/bucket", "/bucket", "HEAD", "/a/b.cms", "", "",
     "x-amz-checksum-mode:ENABLED", "", ""},
    {"https://s3.example.com:443/b", "/b", "GET", "/", "list-type=2&max-keys=1000&prefix=a%2Fb%2F",
     "", "", "", ""},
    {"https://s3.example.com:8443/b", "/b", "DELETE", "/x", "", "", "", "", ""},
};

static void add_lines(HttpHeaders *headers, const char *lines, Arena *arena) {
    Str text = str_from_cstr(lines), line;
    while (str_next_field(&text, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 0);
        if (!line.len)
            continue;
        vec_push(arena, headers,
                 (HttpHeader){str_slice(line, 0, colon), str_after(line, colon + 1)});
    }
}

/* The time of the script is that of the test; loam's signer has the time in milliseconds. */
#define SIGNED_TIME    "20130524T000000Z"
#define SIGNED_TIME_MS INT64_C(1369353600000)

static Str sign_here(const SignedRow *row, const char *secret, Arena *arena) {
    AwsIdentity identity = {STR("AKIDEXAMPLE"), str_from_cstr(secret), str_from_cstr(row->token),
                            STR("eu-central-1"), STR("s3")};
    HttpRequest request = {
        .method = str_from_cstr(row->method),
        .url = str_format(arena, "%s%s%s%s", row->base, row->object, row->query[0] ? "?" : "",
                          row->query),
        .body = str_from_cstr(row->body),
    };
    add_lines(&request.headers, row->before, arena);
    add_lines(&request.headers, row->after, arena);
    aws_signature_sign(&identity, SIGNED_TIME_MS, &request, arena);
    return vec_last(&request.headers).value;
}

static Str sign_by_script(const SignedRow *row, const char *secret, Arena *arena) {
    char path[] = "/tmp/s3-put-XXXXXX", line[4096] = "";
    Str body = digest_hex(DIGEST_SHA256, str_from_cstr(row->body), arena);
    Str script =
        str_format(arena,
                   "%s\nbase='%s' region=eu-central-1 access=AKIDEXAMPLE secret='%s' token='%s'\n"
                   "S3_TIME=" SIGNED_TIME "\ns3_path\ns3_sign %s \"$path%s\" '%s' %.*s '%s' '%s'\n"
                   "printf '%%s\\n' \"$headers\" | sed -n 's/^authorization://p'\n",
                   s3_put_sh, row->base, secret, row->token, row->method, row->object, row->query,
                   STR_ARG(body), row->before, row->after);
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, script.ptr, script.len), script.len);
    assert_int_equal(close(file), 0);
    FILE *output = popen(str_to_cstr(str_format(arena, "sh %s", path), arena), "r");
    assert_non_null(output);
    assert_non_null(fgets(line, sizeof line, output));
    assert_int_equal(pclose(output), 0);
    assert_int_equal(unlink(path), 0);
    return str_clone(str_trim(str_from_cstr(line)), arena);
}

static void test_signature(void **) {
    /* The last one is longer than a block of the digest. */
    static const char *const secrets[] = {
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "a%s\\n",
        "0123456789012345678901234567890123456789012345678901234567890123456789",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(signed_rows); i++) {
        const char *secret = secrets[i % ARRAY_COUNT(secrets)];
        Str wanted = sign_here(&signed_rows[i], secret, arena);
        Str found = sign_by_script(&signed_rows[i], secret, arena);
        if (!str_equal(wanted, found))
            fail_msg("row %zu: %.*s instead of %.*s", i, STR_ARG(found), STR_ARG(wanted));
    }
}

UNIT_MAIN(test_etcd_bucket) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),  cmocka_unit_test(test_checks),
        cmocka_unit_test(test_newest), cmocka_unit_test(test_look),
        cmocka_unit_test(test_fetch),  cmocka_unit_test(test_settings),
        cmocka_unit_test(test_run),    cmocka_unit_test(test_signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
