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

static void test_arguments(void **) {
    static const struct {
        const char *json;
        bool is_valid;
    } rows[] = {
        {"{" PKI ",\"destination\":\"a\"," SECRET "}", true},
        {"{" PKI ",\"schedule\":{\"calendar\":\"*-*-* 03:00:00\"}}", true},
        {"{" PKI ",\"schedule\":{\"calendar\":\"daily\",\"keep\":3,\"directory\":\"/b\"}}", true},
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

/* A new trigger or file takes a new snapshot; the passphrase is never planned. */
static void test_changes(void **state) {
    (void)state;
    static const struct {
        const char *json;
        size_t replaced;
    } rows[] = {
        {"{" PKI ",\"destination\":\"a\"," SECRET "}", 0},
        {"{" PKI ",\"destination\":\"b\"," SECRET "}", 1},
        {"{" PKI ",\"destination\":\"a\"," SECRET ",\"triggers\":{\"a\":\"b\"}}", 1},
        {"{" PKI ",\"destination\":\"a\"," SECRET ",\"schedule\":{\"calendar\":\"daily\"}}", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_etcd_snapshot);
        c.state = case_config(&c, "{" PKI ",\"destination\":\"a\",\"id\":\"i\"}");
        assert_true(case_plan(&c, rows[i].json));
        assert_int_equal(c.plan.requires_replace.count, rows[i].replaced);
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
