/* restore of kubeadm_init: snapshots that a plan rejects. lab/cluster_restore has real ones. */
#include "digest.h"
#include "hex.h"
#include "kubeadm_provider.h"
#include "pki.h"
#include "resource_case.h"
#include "sealed_file.h"

#define PASSPHRASE "correct horse battery"

typedef struct RestoreCase {
    ResourceCase c;
    char directory[64];
    Str path;
    Value pki;
    Str cluster;
} RestoreCase;

static Str pair(const char *name, const char *public_name, const PkiPair *made, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, public_name, made->certificate);
    json_key_string(&writer, "key", made->key);
    json_object_end(&writer);
    return str_format(arena, "\"%s\":%.*s", name, STR_ARG(strbuf_str(&text)));
}

static const char *config(RestoreCase *r, const char *version, const char *more) {
    Arena *arena = r->c.arena;
    return str_to_cstr(str_format(arena,
                                  "{\"host\":\"10.0.0.11\",\"node_name\":\"cp1\",\"endpoint\":"
                                  "\"api:6443\",\"kubernetes_version\":\"%s\",\"pki\":%.*s%s,"
                                  "\"restore\":{\"path\":\"%.*s\",\"passphrase\":\"" PASSPHRASE
                                  "\"}}",
                                  version, STR_ARG(value_text(r->pki)), more, STR_ARG(r->path)),
                       arena);
}

static void open_case(RestoreCase *r) {
    *r = (RestoreCase){.c = case_open(&kubeadm_init), .directory = "/tmp/restore-XXXXXX"};
    Arena *arena = r->c.arena;
    PkiSet set;
    Str problem;
    assert_non_null(mkdtemp(r->directory));
    r->path = disk_join(str_from_cstr(r->directory), STR("s"), arena);
    assert_true(pki_set_make(STR("ECDSA-P256"), 0, INT64_C(4000000000), &set, &problem, arena));
    const Str parts[] = {
        pair("ca", "certificate", &set.ca, arena),
        pair("etcd_ca", "certificate", &set.etcd_ca, arena),
        pair("front_proxy_ca", "certificate", &set.front_proxy_ca, arena),
        pair("service_account", "public_key", &set.service_account, arena),
    };
    Str pki = str_join(parts, ARRAY_COUNT(parts), STR(","), arena);
    r->pki = value_from_str(str_format(arena, "{%.*s}", STR_ARG(pki)));
    r->cluster = pki_discovery_hash(set.ca.certificate, arena);
}

static void close_case(RestoreCase *r) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(r->directory)), 0);
    case_close(&r->c);
}

static void write_record(RestoreCase *r, const char *kind, Str cluster, const char *record) {
    Arena *arena = r->c.arena;
    SealedWriter *writer;
    Str head = str_format(arena,
                          "{\"kind\":\"%s\",\"id\":\"i\",\"cluster\":\"%.*s\","
                          "\"kubernetes_version\":\"v1.34.4\",\"encryption\":\"%s\","
                          "\"revision\":1}",
                          kind, STR_ARG(cluster), record);
    check_str(sealed_writer_open(&disk_real, r->path, STR(PASSPHRASE), head, &writer, arena), "");
    check_str(sealed_writer_add(writer, STR("data"), arena), "");
    check_str(sealed_writer_finish(writer, arena), "");
    sealed_writer_close(writer);
}

static void write_snapshot(RestoreCase *r, const char *kind, Str cluster) {
    write_record(r, kind, cluster, "none");
}

static void check_rejected(RestoreCase *r, const char *json, const char *summary, const char *why) {
    r->c.diags = diags_new(r->c.arena);
    assert_false(case_plan(&r->c, json));
    assert_int_equal(r->c.diags.error_count, 1);
    check_str(r->c.diags.items[0].summary, summary);
    assert_true(str_find(r->c.diags.items[0].detail, str_from_cstr(why), 0) != SIZE_MAX);
}

static void test_files(void **) {
    RestoreCase r;
    open_case(&r);
    const char *json = config(&r, "1.34.4", ""), *summary = "Snapshot not usable";
    check_rejected(&r, json, summary, "No such file");
    assert_int_equal(disk_real.write_file(NULL, r.path, STR("{}\n"), 0600), 0);
    check_rejected(&r, json, summary, "not a file that loam has encrypted");
    write_snapshot(&r, "other", r.cluster);
    check_rejected(&r, json, summary, "not a snapshot of etcd");
    write_snapshot(&r, "etcd-snapshot", STR("sha256:00"));
    check_rejected(&r, json, summary, "it is of the cluster sha256:00");
    write_snapshot(&r, "etcd-snapshot", r.cluster);
    check_rejected(&r, config(&r, "1.33.9", ""), summary, "taken with Kubernetes v1.34.4");
    check_rejected(&r, config(&r, "1.35.0", ""), summary, "taken with Kubernetes v1.34.4");
    check_rejected(&r,
                   config(&r, "1.34.4",
                          ",\"cluster\":{\"etcd\":{\"external\":{\"endpoints\":[\"https://e\"]}}}"),
                   "External etcd", "kubeadm runs");
    assert_true(case_plan(&r.c, json));
    assert_true(case_plan(&r.c, config(&r, "1.34.9", "")));
    close_case(&r);
}

/* A cluster that was restored keeps its argument: the file may be gone, and nothing is planned. */
static void test_later(void **state) {
    (void)state;
    RestoreCase r;
    open_case(&r);
    const char *json = config(&r, "1.34.4", ",\"id\":\"i\",\"is_member\":true");
    r.c.state = schema_drop_write_only(r.c.schema, case_config(&r.c, json), r.c.arena);
    assert_true(case_plan(&r.c, config(&r, "1.34.4", "")));
    assert_true(value_identical(r.c.plan.planned, r.c.state));
    close_case(&r);
}

/* A snapshot of etcdctl: pages, then their SHA-256. */
static void write_plain(RestoreCase *r, size_t pages, size_t cut, size_t changed) {
    Arena *arena = r->c.arena;
    size_t size = pages * 512;
    char *bytes = arena_alloc(arena, size + 32);
    memset(bytes, 'x', size);
    Str hex = digest_hex(DIGEST_SHA256, (Str){bytes, size}, arena), raw;
    assert_true(hex_decode(hex, &raw, arena));
    memcpy(bytes + size, raw.ptr, 32);
    if (changed != SIZE_MAX)
        bytes[changed] ^= 1;
    assert_int_equal(disk_real.write_file(NULL, r->path, (Str){bytes, size + 32 - cut}, 0600), 0);
}

/* A plain snapshot is usable if it is whole, also if its trailer is in two pieces; the plan warns
 * that it may be of another cluster. */
static void test_plain(void **) {
    RestoreCase r;
    open_case(&r);
    const char *json = config(&r, "1.34.4", ""), *summary = "Snapshot not usable";
    static const size_t sizes[] = {1, 3, 2048, 4099};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        write_plain(&r, sizes[i], 0, SIZE_MAX);
        check_done(&r.c, case_plan(&r.c, json));
        assert_int_equal(r.c.diags.count, 1);
        check_str(r.c.diags.items[0].summary, "Snapshot without a cluster");
        write_plain(&r, sizes[i], 0, sizes[i] * 512 - 1);
        check_rejected(&r, json, summary, "not whole");
        write_plain(&r, sizes[i], 0, sizes[i] * 512 + 31);
        check_rejected(&r, json, summary, "not whole");
    }
    write_plain(&r, 3, 512, SIZE_MAX);
    check_rejected(&r, json, summary, "not whole");
    write_plain(&r, 3, 32, SIZE_MAX);
    check_rejected(&r, json, summary, "not a whole snapshot of etcdctl");
    close_case(&r);
}

/* A plan names the key that the snapshot needs and the state lacks; a plain file has its record
 * beside it. */
static void test_keys(void **) {
    static const char record[] = "loam-1-aa=0123456789abcdef secrets,configmaps";
    RestoreCase r;
    open_case(&r);
    Arena *arena = r.c.arena;
    const char *json = config(&r, "1.34.4", ""), *summary = "Snapshot not usable";
    const char *why = "objects of secrets, configmaps may be encrypted with a key that the state "
                      "does not have: loam-1-aa (fingerprint 0123456789abcdef)";
    write_record(&r, "etcd-snapshot", r.cluster, record);
    check_rejected(&r, json, summary, why);
    const char *encrypted =
        config(&r, "1.34.4", ",\"encryption_at_rest\":{\"provider\":\"aescbc\"}");
    check_rejected(&r, encrypted, summary, why);
    write_record(&r, "etcd-snapshot", r.cluster, "unknown");
    r.c.diags = diags_new(arena);
    check_done(&r.c, case_plan(&r.c, json));
    assert_int_equal(r.c.diags.count, 0);
    check_done(&r.c, case_plan(&r.c, encrypted));
    check_str(r.c.diags.items[0].summary, "Keys of the snapshot not known");
    Str top = r.path;
    r.path = str_concat(top, STR(".db"), arena);
    write_plain(&r, 3, 0, SIZE_MAX);
    Str beside = str_concat(top, STR(".keys"), arena);
    assert_int_equal(disk_real.write_file(NULL, beside, str_from_cstr(record), 0600), 0);
    r.c.diags = diags_new(arena);
    assert_false(case_plan(&r.c, config(&r, "1.34.4", "")));
    assert_true(str_find(vec_last(&r.c.diags).detail, str_from_cstr(why), 0) != SIZE_MAX);
    close_case(&r);
}

/* A downloaded object is described by its name, and by the directory of its cluster if there is
 * one. */
static void test_downloaded(void **) {
    RestoreCase r;
    open_case(&r);
    Arena *arena = r.c.arena;
    Str top = str_from_cstr(r.directory), id = str_after(r.cluster, strlen("sha256:"));
    Str other = str_concat(id.ptr[0] == '0' ? STR("1") : STR("0"), str_after(id, 1), arena);
    const Str directories[] = {STR("."), id, other};
    for (size_t i = 0; i < ARRAY_COUNT(directories); i++) {
        Str directory = disk_join(top, directories[i], arena);
        r.path = disk_join(directory, STR("etcd-1.34.4-20260131T030000Z-cp1.cms"), arena);
        assert_int_equal(disk_real.make_directories(NULL, directory, 0700), 0);
        Str json = str_format(
            arena,
            "{\"host\":\"10.0.0.11\",\"node_name\":\"cp1\",\"endpoint\":\"api:6443\","
            "\"kubernetes_version\":\"%s\",\"pki\":%.*s,\"restore\":{\"path\":\"%.*s\"}}",
            i == 0 ? "1.34.9" : "1.34.4", STR_ARG(value_text(r.pki)), STR_ARG(r.path));
        const char *text = str_to_cstr(json, arena);
        check_rejected(&r, text, "Snapshot not usable", "No such file");
        assert_int_equal(disk_real.write_file(NULL, r.path, STR("message"), 0600), 0);
        if (str_equal(directories[i], other)) {
            check_rejected(&r, text, "Snapshot not usable", "it is of the cluster sha256:");
            continue;
        }
        r.c.diags = diags_new(arena);
        check_done(&r.c, case_plan(&r.c, text));
        assert_int_equal(r.c.diags.count, i == 0); /* without a directory: a warning */
    }
    close_case(&r);
}

/* A restore has one source, and the passphrase belongs to a file. */
static void test_sources(void **) {
    static const struct {
        const char *restore;
        bool is_valid;
    } rows[] = {
        {"{\"path\":\"a\"}", true},
        {"{\"s3\":{\"bucket\":\"b\",\"region\":\"r\"}}", true},
        {"{\"s3\":{\"bucket\":\"b\",\"region\":\"r\",\"key\":\"latest\",\"access_key\":\"A\","
         "\"secret_key\":\"S\"}}",
         true},
        {"{\"path\":\"a\",\"passphrase\":\"" PASSPHRASE "\",\"private_key\":\"text\"}", false},
        {"{}", false},
        {"{\"path\":\"a\",\"s3\":{\"bucket\":\"b\",\"region\":\"r\"}}", false},
        {"{\"passphrase\":\"" PASSPHRASE "\",\"s3\":{\"bucket\":\"b\",\"region\":\"r\"}}", false},
        {"{\"s3\":{\"bucket\":\"b\"}}", false},
        {"{\"s3\":{\"bucket\":\"b\",\"region\":\"r\",\"private_key\":\"text\"}}", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        RestoreCase r;
        open_case(&r);
        Str json =
            str_format(r.c.arena,
                       "{\"host\":\"10.0.0.11\",\"node_name\":\"cp1\",\"endpoint\":\"api:6443\","
                       "\"kubernetes_version\":\"1.34.4\",\"pki\":%.*s,\"restore\":%s}",
                       STR_ARG(value_text(r.pki)), rows[i].restore);
        if (case_validate(&r.c, str_to_cstr(json, r.c.arena)) != rows[i].is_valid)
            fail_msg("%s", rows[i].restore);
        close_case(&r);
    }
}

UNIT_MAIN(test_kubeadm_restore) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),      cmocka_unit_test(test_later),
        cmocka_unit_test(test_plain),      cmocka_unit_test(test_sources),
        cmocka_unit_test(test_downloaded), cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
