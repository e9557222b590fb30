/* kubeadm_import: addresses, and the first plan of imported objects. lab/cluster_restore imports
 * real nodes. */
#include "kubeadm_import.h"
#include "kubeadm_provider.h"
#include "resource_case.h"

#define PAIR(name, public) "\"" name "\":{\"" public "\":\"A\",\"key\":\"B\"}"
#define PKI                                                                                        \
    ",\"pki\":{" PAIR("ca", "certificate") "," PAIR("etcd_ca", "certificate") "," PAIR(            \
        "front_proxy_ca", "certificate") "," PAIR("service_account", "public_key") "}"
#define NODE                                                                                       \
    "\"host\":\"10.0.0.11\",\"node_name\":\"cp1\",\"endpoint\":\"api:6443\","                      \
    "\"kubernetes_version\":\"1.34.4\""
#define READ ",\"id\":\"i\",\"pod_cidr\":\"10.244.0.0/24\""

static void test_addresses(void **) {
    static const struct {
        const char *id;
        const char *host; /* NULL: invalid */
        const char *user;
        int64_t port;
    } rows[] = {
        {"10.0.0.11", "10.0.0.11", "", 0},
        {"10.0.0.11:2222", "10.0.0.11", "", 2222},
        {"root@10.0.0.11", "10.0.0.11", "root", 0},
        {"admin@cp1.example:22", "cp1.example", "admin", 22},
        {"fd00::11", "fd00::11", "", 0},
        {"[fd00::11]:22", "fd00::11", "", 22},
        {"root@[fd00::11]", "fd00::11", "root", 0},
        {"", NULL, NULL, 0},
        {"@10.0.0.11", NULL, NULL, 0},
        {"root@", NULL, NULL, 0},
        {"10.0.0.11:0", NULL, NULL, 0},
        {"10.0.0.11:65536", NULL, NULL, 0},
        {"10.0.0.11:ssh", NULL, NULL, 0},
        {"[fd00::11", NULL, NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ObjectBuilder builder = object_builder_empty(&kubeadm_init.schema, arena);
        bool is_valid = kubeadm_import_address(str_from_cstr(rows[i].id), &builder, arena);
        if (is_valid != (rows[i].host != NULL))
            fail_msg("%s", rows[i].id);
        if (!is_valid)
            continue;
        Value object = object_builder_value(&builder);
        check_str(object_text(object, "host", STR_EMPTY), rows[i].host);
        check_str(object_text(object, "user", STR_EMPTY), rows[i].user);
        assert_int_equal(object_int(object, "port", 0), rows[i].port);
    }
}

/* An update sets those alone that its plan does not know. */
static void check_unknown(const ResourceCase *c) {
    for (size_t i = 0; i < c->plan.planned.count; i++) {
        Str name = value_key_at(c->plan.planned, i);
        if (!value_is_wholly_known(value_at(c->plan.planned, i)) &&
            !str_equal(name, STR("certificates_expire")))
            fail_msg("%.*s is not known", STR_ARG(name));
    }
}

/* The configuration of the cluster is adopted; the network of pods stays known, so that objects
 * that use it stay. */
static void test_first_plan(void **state) {
    (void)state;
    static const struct {
        const ResourceType *type;
        const char *prior;
        const char *config;
        size_t replaced;
    } rows[] = {
        {&kubeadm_init, ",\"is_member\":true", ",\"cluster\":{\"cluster_name\":\"x\"}", 0},
        {&kubeadm_init, ",\"is_member\":true", "", 0},
        {&kubeadm_join, ",\"control_plane\":true",
         ",\"control_plane\":true,\"join\":{\"dry_run\":false}", 0},
        {&kubeadm_join, ",\"control_plane\":false",
         ",\"control_plane\":false,\"labels\":{\"a\":\"b\"}", 0},
        {&kubeadm_join, ",\"control_plane\":false", ",\"control_plane\":true", 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(rows[i].type);
        Str prior = str_format(c.arena, "{" NODE READ "%s}", rows[i].prior);
        Str config = str_format(c.arena, "{" NODE PKI "%s}", rows[i].config);
        c.state = case_config(&c, str_to_cstr(prior, c.arena));
        assert_true(kubeadm_import_is_new(c.state));
        assert_true(case_plan(&c, str_to_cstr(config, c.arena)));
        assert_int_equal(c.plan.requires_replace.count, rows[i].replaced);
        assert_false(kubeadm_import_is_new(c.plan.planned));
        if (!rows[i].replaced)
            check_unknown(&c);
        assert_false(case_is_planned_unknown(&c, "pod_cidr"));
        assert_false(case_is_planned_unknown(&c, "id"));
        case_close(&c);
    }
}

UNIT_MAIN(test_kubeadm_import) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_first_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
