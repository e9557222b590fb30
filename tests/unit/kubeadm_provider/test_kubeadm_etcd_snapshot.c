/* kubeadm_etcd_snapshot: arguments, the object whose file is gone, and the script of the timer. */
#include "etcd_schedule.h"
#include "kubeadm_provider.h"
#include "resource_case.h"
#include "sealed_file.h"

#define PAIR(name, public) "\"" name "\":{\"" public "\":\"A\",\"key\":\"B\"}"
#define PKI                                                                                        \
    "\"host\":\"10.0.0.11\",\"pki\":{" PAIR("ca", "certificate") "," PAIR(                         \
        "etcd_ca", "certificate") "," PAIR("front_proxy_ca",                                       \
                                           "certificate") "," PAIR("service_account",              \
                                                                   "public_key") "}"
#define SECRET "\"passphrase\":\"correct horse battery\""

/* A certificate with an RSA key of 2048 bits. */
#define CERTIFICATE                                                                                \
    "-----BEGIN CERTIFICATE-----\\n"                                                               \
    "MIIC+zCCAeOgAwIBAgIUFGq42dyyHZACap2cymgQD0s52FYwDQYJKoZIhvcNAQEL\\n"                          \
    "BQAwDDEKMAgGA1UEAwwBczAgFw0yNjExMjcxNzQ0NTRaGA8yMTI2MTEwMzE3NDQ1\\n"                          \
    "NFowDDEKMAgGA1UEAwwBczCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEB\\n"                          \
    "ALUyKLCtE7+rWxcwZTRo9atfSKZYkV630qI67S9/uJXVtLck7/8KCkkbth68cBH3\\n"                          \
    "gpdQnRnL+kwv+bRtKmGwyIYLyKcEV5l4yl+9xMJlXkj1Zudzk9Wi08QblzRxiGo4\\n"                          \
    "A/KatZ2FtzI/OL3+rMhyKzNfMEhbyv9x2edDVIGm/bUJ3G5w/ggGFzaAqm1EfJp5\\n"                          \
    "PvGxFnUAmGfdxPj+EILvFWYBxcm/Mx6zSYmnqriXJxMHMKCY9639DDto3talWaP5\\n"                          \
    "pu0myNYIaUTSny2sTrsyjksgOjMqu4Ll49YE0h/FL2EgZUNLrkfh5xPrx/7Ym5AN\\n"                          \
    "b/RFRve+W4FcO0LXbBX7NxECAwEAAaNTMFEwHQYDVR0OBBYEFKNw4odH0Xkd5grl\\n"                          \
    "7E8S61wq1DjsMB8GA1UdIwQYMBaAFKNw4odH0Xkd5grl7E8S61wq1DjsMA8GA1Ud\\n"                          \
    "EwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAAV3gCwXUGrJRlDUUEbvCW4V\\n"                          \
    "5mLDz7uePNKOUSyqJz6c5x5/XYWeFKCfuWz11vlN9YC3Mp4b5j5/ANwiJJLsci/X\\n"                          \
    "a44i7eCwBrA2gncQG7tvxyFnBEWc0CrhGTHrnUPdo0I/GJxr1q08Cg9U8WwMZz3+\\n"                          \
    "ZJBvoyLThDHq0ubG1Pctwz6erwfuvyGpanrRNQtPi+ZcOxUBJj8Uwqt81EkGXyhd\\n"                          \
    "QzQGB0Xqen3FODFrejDO3aQimBY/RecGXGWWV4BZXp2KTNIr9GqBrY4CObh88Awf\\n"                          \
    "duoSr8HrxmqUUCGvMkgOvCG6KptO6WmEMEJ4FzeVp/bIXYA7bB4gokclCe3Mni0=\\n"                          \
    "-----END CERTIFICATE-----\\n"

#define BUCKET(more)                                                                               \
    "\"s3\":{\"bucket\":\"b\",\"region\":\"r\",\"access_key\":\"A\",\"secret_key\":\"S\"" more "}"

static void test_arguments(void **) {
    static const struct {
        const char *json;
        bool is_valid;
    } rows[] = {
        {"{" PKI ",\"destination\":\"a\"," SECRET "}", true},
        {"{" PKI ",\"schedule\":{\"calendar\":\"*-*-* 03:00:00\"}}", true},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"keep\":3,\"directory\":\"/b\"}}", true},
        {"{" PKI "," BUCKET(",\"certificate\":\"" CERTIFICATE "\"") "}", true},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"rehearse\":\"weekly\"," BUCKET(
             ",\"certificate\":\"" CERTIFICATE "\",\"allow_delete\":true") "}}",
         true},
        {"{" PKI "," BUCKET(",\"certificate\":\"text\"") "}", false},
        {"{" PKI "," BUCKET("") "}", false},
        {"{" PKI "," BUCKET(",\"certificate\":\"" CERTIFICATE "\",\"prefix\":\"/a\"") "}", false},
        {"{" PKI "," BUCKET(",\"certificate\":\"" CERTIFICATE "\",\"endpoint\":\"h\"") "}", false},
        {"{" PKI ",\"s3\":{\"bucket\":\"b\",\"region\":\"r\",\"certificate\":\"" CERTIFICATE "\"}}",
         false},
        {"{" PKI ",\"destination\":\"a\"," SECRET
         "," BUCKET(",\"certificate\":\"" CERTIFICATE "\"") "}",
         false},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"rehearse\":\"a\\nb\"}}", false},
        {"{" PKI "}", false},
        {"{" PKI ",\"destination\":\"a\"}", false},
        {"{" PKI ",\"destination\":\"a\",\"passphrase\":\"short\"}", false},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\\nExecStart=/x\"}}", false},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"directory\":\"b\"}}", false},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"directory\":\"/b c\"}}", false},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"directory\":\"/%n\"}}", false},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"keep\":0}}", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_etcd_snapshot);
        if (case_validate(&c, rows[i].json) != rows[i].is_valid)
            fail_msg("%s", rows[i].json);
        case_close(&c);
    }
}

/* A new trigger or file takes a new snapshot; the passphrase is never planned. The apply reads the
 * keys of a new schedule. */
static void test_changes(void **state) {
    (void)state;
    static const struct {
        const char *json;
        size_t replaced;
        bool reads_keys;
    } rows[] = {
        {"{" PKI ",\"destination\":\"a\"," SECRET "}", 0, false},
        {"{" PKI ",\"destination\":\"b\"," SECRET "}", 1, false},
        {"{" PKI ",\"destination\":\"a\"," SECRET ",\"triggers\":{\"a\":\"b\"}}", 1, false},
        {"{" PKI ",\"destination\":\"a\"," SECRET ",\"schedule\":{\"calendar\":\"daily\"}}", 0,
         true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_etcd_snapshot);
        c.state = case_config(&c, "{" PKI ",\"destination\":\"a\",\"id\":\"i\"}");
        assert_true(case_plan(&c, rows[i].json));
        assert_int_equal(c.plan.requires_replace.count, rows[i].replaced);
        assert_int_equal(case_is_planned_unknown(&c, "schedule_keys"), rows[i].reads_keys);
        assert_true(value_is_null(value_attribute(c.plan.planned, STR("passphrase"))));
        case_close(&c);
    }
}

static void write_sealed(Str path, const char *head, Arena *arena) {
    SealedWriter *writer;
    check_str(sealed_writer_open(&disk_real, path, STR("correct horse battery"),
                                 str_from_cstr(head), &writer, arena),
              "");
    check_str(sealed_writer_finish(writer, arena), "");
    sealed_writer_close(writer);
}

/* The object is gone with its file, or if another snapshot is there. */
static void test_refresh(void **state) {
    (void)state;
    static const char head[] = "{\"kind\":\"etcd-snapshot\",\"id\":\"%s\",\"cluster\":\"c\","
                               "\"kubernetes_version\":\"v1.34.4\",\"revision\":1}";
    static const struct {
        const char *id; /* in the file; NULL: no file */
        bool is_there;
    } rows[] = {
        {"i", true},
        {"k", false},
        {NULL, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_etcd_snapshot);
        char directory[] = "/tmp/snapshot-XXXXXX";
        assert_non_null(mkdtemp(directory));
        Str path = disk_join(str_from_cstr(directory), STR("s"), c.arena);
        if (rows[i].id)
            write_sealed(path, str_to_cstr(str_format(c.arena, head, rows[i].id), c.arena),
                         c.arena);
        c.state = case_config(
            &c, str_to_cstr(str_format(c.arena, "{" PKI ",\"destination\":\"%.*s\",\"id\":\"i\"}",
                                       STR_ARG(path)),
                            c.arena));
        assert_true(case_read(&c));
        assert_int_equal(value_is_present(c.state), rows[i].is_there);
        assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(directory)), 0);
        case_close(&c);
    }
}

UNIT_MAIN(test_kubeadm_etcd_snapshot) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_refresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
