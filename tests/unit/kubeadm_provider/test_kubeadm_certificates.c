/* kubeadm_certificates: the certificate that expires first, and when a plan renews it.
 * lab/cluster_restore renews real ones. */
#include "base64.h"
#include "kubeadm_certificates.h"
#include "kubeadm_provider.h"
#include "pki_client.h"
#include "resource_case.h"
#include "timestamp.h"

#define DAY                INT64_C(86400)
#define PAIR(name, public) "\"" name "\":{\"" public "\":\"A\",\"key\":\"B\"}"
#define NODE                                                                                       \
    "\"host\":\"10.0.0.11\",\"node_name\":\"cp1\",\"endpoint\":\"api:6443\","                      \
    "\"kubernetes_version\":\"1.34.4\",\"pki\":{" PAIR("ca", "certificate") "," PAIR(              \
        "etcd_ca", "certificate") "," PAIR("front_proxy_ca",                                       \
                                           "certificate") "," PAIR("service_account",              \
                                                                   "public_key") "}"

static void add(HostFacts *facts, const PkiPair *ca, const char *name, int64_t end, Arena *arena) {
    PkiClient client = {.user = STR("x"), .start = 1000, .end = end};
    PkiPair made;
    Str problem;
    assert_true(pki_client_make(&client, ca, &made, &problem, arena));
    NamedText found = {str_from_cstr(name), base64_encode(made.certificate, arena)};
    vec_push(arena, &facts->certificates, found);
}

static void test_end(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HostFacts facts = {0};
    PkiSet set;
    Str problem;
    NamedText broken = {STR("etcd.crt"), STR("?")};
    assert_true(pki_set_make(STR("ECDSA-P256"), 0, INT64_C(4000000000), &set, &problem, arena));
    check_str(kubeadm_certificates_end(&facts, arena), "");
    vec_push(arena, &facts.certificates, broken);
    check_str(kubeadm_certificates_end(&facts, arena), "");
    add(&facts, &set.ca, "apiserver.crt", INT64_C(1900000000), arena);
    add(&facts, &set.ca, "admin.conf", INT64_C(1800000000), arena);
    add(&facts, &set.ca, "server.crt", INT64_C(2000000000), arena);
    check_str(kubeadm_certificates_end(&facts, arena), "2027-01-15T08:00:00Z");
}

/* Plans an unchanged node whose certificates expire at this time; returns whether it renews them.
 */
static bool renews(const ResourceType *type, const char *end, const char *more) {
    ResourceCase c = case_open(type);
    Str text = str_format(c.arena, "{" NODE ",\"id\":\"i\",\"certificates_expire\":%s%s%s}", end,
                          type == &kubeadm_init ? ",\"is_member\":true" : "", more);
    c.state = case_config(&c, str_to_cstr(text, c.arena));
    assert_true(case_plan(&c, str_to_cstr(str_format(c.arena, "{" NODE "%s}", more), c.arena)));
    assert_int_equal(c.plan.requires_replace.count, 0);
    bool is_planned = case_is_planned_unknown(&c, "certificates_expire");
    assert_int_equal(c.plan.notes.count, is_planned ? 1 : 0);
    case_close(&c);
    return is_planned;
}

static const char *in_days(int64_t days, char *buffer, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = io_real();
    int64_t now = io.clock->now_ms(io.clock->self) / 1000;
    Str text = timestamp_to_str((Timestamp){.seconds = now + days * DAY + DAY / 2}, arena);
    (void)snprintf(buffer, size, "\"%.*s\"", STR_ARG(text));
    return buffer;
}

static void test_plan(void **) {
    static const struct {
        int64_t days;
        const char *more;
        bool renews;
    } rows[] = {
        {364, ",\"renew_before_days\":90", false}, {90, ",\"renew_before_days\":90", false},
        {89, ",\"renew_before_days\":90", true},   {-2, ",\"renew_before_days\":90", true},
        {89, ",\"renew_before_days\":30", false},  {364, ",\"renew_before_days\":365", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char end[64], more[128];
        in_days(rows[i].days, end, sizeof end);
        assert_int_equal(renews(&kubeadm_init, end, rows[i].more), rows[i].renews);
        (void)snprintf(more, sizeof more, "%s,\"control_plane\":true", rows[i].more);
        assert_int_equal(renews(&kubeadm_join, end, more), rows[i].renews);
        (void)snprintf(more, sizeof more, "%s,\"control_plane\":false", rows[i].more);
        assert_false(renews(&kubeadm_join, end, more));
    }
    assert_false(renews(&kubeadm_init, "null", ",\"renew_before_days\":90"));
}

#define SCHEDULE ",\"renew_schedule\":{\"calendar\":\"daily\",\"before_days\":60}"

static void test_schedule_arguments(void **) {
    static const struct {
        const char *more;
        bool is_valid;
        size_t warnings;
    } rows[] = {
        {",\"renew_before_days\":30" SCHEDULE, true, 0},
        {SCHEDULE, true, 1}, /* plans renew before 90 days */
        {",\"renew_before_days\":60" SCHEDULE, true, 1},
        {",\"renew_before_days\":6,\"renew_schedule\":{\"calendar\":\"*:0/5\",\"before_days\":7}",
         true, 0},
        {",\"renew_schedule\":{\"calendar\":\"a\\nExecStart=/x\"}", false, 0},
        {",\"renew_schedule\":{\"calendar\":\"daily\",\"before_days\":0}", false, 0},
        {",\"renew_schedule\":{\"calendar\":\"daily\",\"before_days\":1.5}", false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        Str text = str_format(c.arena, "{" NODE "%s}", rows[i].more);
        size_t warnings = 0;
        if (case_validate(&c, str_to_cstr(text, c.arena)) != rows[i].is_valid)
            fail_msg("%s", rows[i].more);
        vec_each(&c.diags, diag)
            warnings += str_equal(diag->summary, STR("Plans renew before the timer"));
        if (rows[i].is_valid)
            assert_int_equal(warnings, rows[i].warnings);
        case_close(&c);
    }
}

/* The results stay while there is a schedule; a plan notes the machines whose timer changes. */
static void test_schedule_plan(void **) {
    static const struct {
        const char *before, *after;
        size_t notes;
        const char *results;
    } rows[] = {
        {"", "", 0, "null"},
        {"", SCHEDULE, 1, "{}"},
        {SCHEDULE ",\"renewals\":{\"cp1\":{\"result\":\"renewed\",\"time\":\"t\",\"error\":null}}",
         SCHEDULE, 0, "{\"cp1\":{\"error\":null,\"result\":\"renewed\",\"time\":\"t\"}}"},
        {SCHEDULE ",\"renewals\":{}",
         ",\"renew_schedule\":{\"calendar\":\"weekly\",\"before_days\":60}", 1, "{}"},
        {SCHEDULE ",\"renewals\":{}", "", 1, "null"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        Str text =
            str_format(c.arena, "{" NODE ",\"id\":\"i\",\"is_member\":true%s}", rows[i].before);
        c.state = case_config(&c, str_to_cstr(text, c.arena));
        text = str_format(c.arena, "{" NODE "%s}", rows[i].after);
        assert_true(case_plan(&c, str_to_cstr(text, c.arena)));
        assert_int_equal(c.plan.notes.count, rows[i].notes);
        if (rows[i].notes)
            check_str(c.plan.notes.items[0].text, "timer on cp1");
        Value results = value_attribute(c.plan.planned, STR("renewals"));
        check_str(json_text(results, c.arena), rows[i].results);
        case_close(&c);
    }
}

static void test_warning(void **) {
    static const struct {
        int64_t days;
        const char *text; /* NULL: none */
    } rows[] = {{31, NULL}, {29, "in 29 days"}, {0, "in 0 days"}, {-3, "expired on"}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        Str text = str_format(c.arena, "{" NODE "}");
        KubeadmNode node = {.call = case_call(&c),
                            .name = STR("cp1"),
                            .object = case_config(&c, str_to_cstr(text, c.arena))};
        char end[64];
        in_days(rows[i].days, end, sizeof end);
        kubeadm_certificates_warn(&node, str_slice(str_from_cstr(end), 1, strlen(end) - 1),
                                  &c.diags);
        assert_int_equal(c.diags.count, rows[i].text ? 1 : 0);
        if (rows[i].text) {
            check_str(c.diags.items[0].summary, "Certificates expire soon");
            assert_true(str_find(c.diags.items[0].detail, str_from_cstr(rows[i].text), 0) !=
                        SIZE_MAX);
        }
        case_close(&c);
    }
}

UNIT_MAIN(test_kubeadm_certificates) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_schedule_arguments),
        cmocka_unit_test(test_schedule_plan),
        cmocka_unit_test(test_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
