/* kubeadm_init and kubeadm_join: errors of a plan, without a machine. lab/cluster has the real
 * ones. */
#include "kubeadm_node.h"
#include "kubeadm_provider.h"
#include "nested_list.h"
#include "resource_case.h"

#define PAIR(name, public) "\"" name "\":{\"" public "\":\"A\",\"key\":\"B\"}"
#define PKI                                                                                        \
    "\"pki\":{" PAIR("ca", "certificate") "," PAIR("etcd_ca", "certificate") "," PAIR(             \
        "front_proxy_ca", "certificate") "," PAIR("service_account", "public_key") "}"
#define NODE(version, endpoint)                                                                    \
    "\"host\":\"10.0.0.11\",\"node_name\":\"cp1\",\"endpoint\":\"" endpoint                        \
    "\",\"kubernetes_version\":\"" version "\"," PKI

static void check_error(ResourceCase *c, const char *summary) {
    assert_int_equal(c->diags.error_count, 1);
    check_str(c->diags.items[0].summary, summary);
}

#define KUBELET(fails)                                                                             \
    "{\"value\":{\"failCgroupV1\":" fails "},\"type\":[\"object\",{\"failCgroupV1\":\"bool\"}]}"

static void test_invalid(void **) {
    static const struct {
        const char *more;
        const char *summary;
    } rows[] = {
        {",\"cluster\":{\"networking\":{\"pod_subnet\":\"10.0.0.0/"
         "8\",\"service_subnet\":\"10.96.0.0/"
         "12\"}}",
         "Networks not valid"},
        {",\"kubelet\":{\"value\":{\"maxPod\":10},\"type\":[\"object\",{\"maxPod\":\"number\"}]}",
         "Configuration not valid"},
        {",\"kube_proxy\":{\"value\":{\"mode\":1},\"type\":[\"object\",{\"mode\":\"number\"}]}",
         "Configuration not valid"},
        {",\"cluster\":{\"encryption_algorithm\":\"ECDSA-P384\"}", "Argument not supported"},
        {",\"cluster\":{\"feature_gates\":{\"EtcdLearnerMode\":true}}",
         "Feature gate not supported"},
        {",\"files\":{\"../x\":{\"content\":\"\"}}", "Path of a file not valid"},
    };
    ResourceCase c = case_open(&kubeadm_init);
    assert_true(case_validate(&c, "{" NODE("1.33.1", "api:6443") "}"));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const char *json = str_to_cstr(
            str_format(c.arena, "{" NODE("1.33.1", "api:6443") "%s}", rows[i].more), c.arena);
        assert_false(case_validate(&c, json));
        check_error(&c, rows[i].summary);
    }
    case_close(&c);
}

/* What a plan may change of a cluster that exists. */
static void test_changes(void **state) {
    (void)state;
    static const struct {
        const char *json;
        const char *summary; /* NULL: no error */
    } rows[] = {
        {"{" NODE("1.33.1", "api:6443") ",\"labels\":{\"a\":\"b\"}}", NULL},
        {"{" NODE("1.33.2", "api:6443") "}", NULL},
        {"{" NODE("1.34.0", "api:6443") "}", NULL},
        {"{" NODE("1.35.0", "api:6443") "}", "Upgrade not possible"},
        {"{" NODE("1.32.0", "api:6443") "}", "Upgrade not possible"},
        {"{" NODE("1.33.1", "other:6443") "}", "Configuration of an existing cluster"},
        {"{" NODE("1.33.1", "api:6443") ",\"cluster\":{\"cluster_name\":\"x\"}}",
         "Configuration of an existing cluster"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        c.state =
            case_config(&c, "{" NODE("1.33.1", "api:6443") ",\"id\":\"i\",\"is_member\":true}");
        assert_int_equal(case_plan(&c, rows[i].json), rows[i].summary == NULL);
        if (rows[i].summary)
            check_error(&c, rows[i].summary);
        assert_int_equal(c.plan.requires_replace.count, 0);
        case_close(&c);
    }
}

/* The error says what carries the endpoint, and what to do. */
static void test_endpoint(void **) {
    static const char *const parts[] = {"the endpoint \"api:6443\"",
                                        "kubeconfigs of all nodes",
                                        "certificates of the API servers",
                                        "kubeadm-config and kube-proxy of kube-system",
                                        "cluster-info of kube-public",
                                        "cluster.api_server.cert_sans",
                                        "-replace=x.y"};
    ResourceCase c = case_open(&kubeadm_init);
    c.state = case_config(&c, "{" NODE("1.33.1", "api:6443") ",\"id\":\"i\",\"is_member\":true}");
    assert_false(case_plan(&c, "{" NODE("1.33.1", "other:6443") "}"));
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        assert_true(str_find(c.diags.items[0].detail, str_from_cstr(parts[i]), 0) != SIZE_MAX);
    case_close(&c);
}

/* A machine that was replaced joins again: an update, never a new cluster. */
static void test_replaced_machine(void **state) {
    (void)state;
    ResourceCase c = case_open(&kubeadm_init);
    c.state = case_config(&c, "{" NODE("1.33.1", "api:6443") ",\"id\":\"i\",\"is_member\":false}");
    assert_true(case_plan(&c, "{" NODE("1.33.1", "api:6443") "}"));
    assert_true(value_is_true(value_attribute(c.plan.planned, STR("is_member"))));
    assert_false(value_is_known(value_attribute(c.plan.planned, STR("pod_cidr"))));
    assert_int_equal(c.plan.requires_replace.count, 0);
    case_close(&c);
}

static bool loses_machine(void *, Str text) {
    return str_equal(text, STR("10.0.0.11"));
}

/* The same plan that replaces the machine shows that the new one joins. */
static void test_machine_of_this_plan(void **state) {
    (void)state;
    ResourceCase c = case_open(&kubeadm_init);
    c.state = case_config(&c, "{" NODE("1.33.1", "api:6443") ",\"id\":\"i\",\"is_member\":true}");
    c.call.loses = loses_machine;
    assert_true(case_plan(&c, "{" NODE("1.33.1", "api:6443") "}"));
    assert_false(value_is_known(value_attribute(c.plan.planned, STR("machine_id"))));
    assert_int_equal(c.plan.requires_replace.count, 0);
    case_close(&c);
}

static void test_join(void **state) {
    (void)state;
    ResourceCase c = case_open(&kubeadm_join);
    c.state =
        case_config(&c, "{" NODE("1.33.1", "api:6443") ",\"id\":\"i\",\"control_plane\":false}");
    assert_true(case_plan(&c, "{" NODE("1.34.0", "api:6443") "}"));
    assert_int_equal(c.plan.requires_replace.count, 0);
    /* A kubelet may be three minor versions older than its API server. */
    assert_true(case_plan(&c, "{" NODE("1.36.0", "api:6443") "}"));
    assert_false(case_plan(&c, "{" NODE("1.37.0", "api:6443") "}"));
    check_error(&c, "Upgrade not possible");
    assert_false(case_plan(&c, "{" NODE("1.33.0", "api:6443") "}"));
    check_error(&c, "Upgrade not possible");
    assert_true(case_plan(&c, "{" NODE("1.33.1", "api:6443") ",\"control_plane\":true}"));
    assert_int_equal(c.plan.requires_replace.count, 1);
    case_close(&c);
}

/* Returns the capacity of the limit of the action; 0: no limit. */
static uint32_t capacity(const ResourceType *type, const char *more, LimitAction action) {
    ResourceCase c = case_open(type);
    Str text = str_format(c.arena, "{" NODE("1.33.1", "api:6443") "%s}", more);
    LimitsRequest request = {action, case_config(&c, str_to_cstr(text, c.arena))};
    LimitsResponse response = {0};
    assert_true(type->limits(case_call(&c), &request, &response, &c.diags));
    uint32_t found = response.limits.count ? response.limits.items[0].capacity : 0;
    case_close(&c);
    return found;
}

static bool deletes_all(void *, const char *type, const char *attribute, Str text) {
    return !strcmp(type, "kubeadm_init") && !strcmp(attribute, "endpoint") &&
           str_equal(text, STR("api:6443"));
}

static void test_limits(void **) {
    static const char worker[] = ",\"control_plane\":false,\"max_unavailable\":3";
    static const char member[] = ",\"control_plane\":true,\"max_unavailable\":3";
    assert_int_equal(capacity(&kubeadm_init, "", LIMIT_UPDATE), 1);
    assert_int_equal(capacity(&kubeadm_join, member, LIMIT_UPDATE), 1);
    assert_int_equal(capacity(&kubeadm_join, member, LIMIT_CREATE), 1);
    assert_int_equal(capacity(&kubeadm_join, worker, LIMIT_UPDATE), 3);
    assert_int_equal(capacity(&kubeadm_join, worker, LIMIT_DELETE), 3);
    assert_int_equal(capacity(&kubeadm_join, worker, LIMIT_CREATE), 0);
    assert_int_equal(capacity(&kubeadm_join, ",\"control_plane\":false", LIMIT_UPDATE), 1);
    ResourceCase c = case_open(&kubeadm_join);
    c.call.deletes = deletes_all;
    LimitsRequest request = {LIMIT_DELETE, case_config(&c, "{" NODE("1.33.1", "api:6443") "}")};
    LimitsResponse response = {0};
    assert_true(kubeadm_join.limits(case_call(&c), &request, &response, &c.diags));
    assert_int_equal(response.limits.count, 0);
    case_close(&c);
}

/* kubeadm configures the kubelet for the runtime of the machine, unless the user names a socket. */
static void test_socket(void **) {
    static const struct {
        NodeRuntimeKind runtime;
        const char *registration;
        const char *socket;
    } rows[] = {
        {NODE_RUNTIME_CONTAINERD, "{}", "unix:///run/containerd/containerd.sock"},
        {NODE_RUNTIME_CRIO, "{}", "unix:///run/crio/crio.sock"},
        {NODE_RUNTIME_CRIO, "{\"cri_socket\":\"unix:///x\"}", "unix:///x"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_join);
        Str text = str_format(
            c.arena, "{" NODE("1.34.4", "api:6443") ",\"join\":{\"node_registration\":%s}}",
            rows[i].registration);
        Value object = case_config(&c, str_to_cstr(text, c.arena));
        KubeadmNode node = {.call = case_call(&c),
                            .object = object,
                            .name = STR("cp1"),
                            .address = STR("10.0.0.11"),
                            .runtime = &node_runtime_table[rows[i].runtime]};
        Value given =
            object_nested(object_nested(object, "join", c.arena), "node_registration", c.arena);
        Value made = kubeadm_node_registration(&node, given);
        check_str(object_text(made, "cri_socket", STR_EMPTY), rows[i].socket);
        case_close(&c);
    }
}

/* kubeadm runs a check that fails with cgroup v1, whatever the kubelet accepts. */
static void check_ignored(const KubeadmNode *node, Str cgroup, bool is_ignored) {
    static const struct {
        const char *given, *wanted;
    } rows[] = {
        {"null", "[\"SystemVerification\"]"},
        {"[\"NumCPU\"]", "[\"NumCPU\",\"SystemVerification\"]"},
        {"[\"SystemVerification\"]", "[\"SystemVerification\"]"},
        {"[\"all\"]", "[\"all\"]"},
    };
    KubeadmNode own = *node;
    KubeVersion version;
    Arena *arena = node->call->arena;
    own.cgroup = cgroup;
    own.runtime = &node_runtime_table[NODE_RUNTIME_CONTAINERD];
    assert_true(
        kube_version_parse(object_text(own.object, "kubernetes_version", STR_EMPTY), &version));
    check_str(kubeadm_node_ignored_check(&own, version), is_ignored ? "SystemVerification" : "");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        Str text = str_format(c.arena,
                              "{" NODE("1.35.4", "api:6443") ",\"init\":{\"node_registration\":{"
                                                             "\"ignore_preflight_errors\":%s}}}",
                              rows[i].given);
        Value init = object_nested(case_config(&c, str_to_cstr(text, c.arena)), "init", arena);
        Value made =
            kubeadm_node_registration(&own, object_nested(init, "node_registration", arena));
        check_str(json_text(object_attribute(made, "ignore_preflight_errors"), arena),
                  is_ignored ? rows[i].wanted : rows[i].given);
        case_close(&c);
    }
}

/* From Kubernetes 1.35 on, the kubelet starts with cgroup v1 only if its configuration says so. */
static void test_cgroup(void **) {
    static const struct {
        const char *version;
        const char *kubelet;
        const char *cgroup;
        const char *summary; /* NULL: accepted */
        DiagSeverity severity;
    } rows[] = {
        {"1.34.4", "null", "tmpfs", NULL, 0},
        {"1.35.4", "null", "cgroup2fs", NULL, 0},
        {"1.35.4", "null", "", NULL, 0},
        {"1.35.4", "null", "tmpfs", "Machine with cgroup v1", DIAG_ERROR},
        {"1.35.4", KUBELET("true"), "tmpfs", "Machine with cgroup v1", DIAG_ERROR},
        {"1.35.4", KUBELET("false"), "tmpfs", "Machine with cgroup v1", DIAG_WARNING},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        Str text = str_format(c.arena, "{" NODE("%s", "api:6443") ",\"kubelet\":%s}",
                              rows[i].version, rows[i].kubelet);
        SshLink link = {.target = {.host = STR("10.0.0.11")}};
        KubeadmNode node = {.call = case_call(&c),
                            .object = case_config(&c, str_to_cstr(text, c.arena)),
                            .link = &link};
        bool is_accepted =
            kubeadm_node_check_cgroup(&node, str_from_cstr(rows[i].cgroup), &c.diags);
        assert_int_equal(is_accepted, !rows[i].summary || rows[i].severity == DIAG_WARNING);
        check_ignored(&node, str_from_cstr(rows[i].cgroup),
                      rows[i].summary && rows[i].severity == DIAG_WARNING);
        assert_int_equal(c.diags.count, rows[i].summary ? 1 : 0);
        if (rows[i].summary)
            assert_int_equal(c.diags.items[0].severity, rows[i].severity);
        if (rows[i].summary)
            check_str(c.diags.items[0].summary, rows[i].summary);
        case_close(&c);
    }
}

/* A request for a serving certificate may have these addresses. */
static void test_addresses(void **) {
    ResourceCase c = case_open(&kubeadm_init);
    Value object = case_config(
        &c, "{" NODE("1.34.4",
                     "api:6443") ",\"init\":{\"node_registration\":{\"kubelet_extra_args\":["
                                 "{\"name\":\"v\",\"value\":\"2\"},"
                                 "{\"name\":\"node-ip\",\"value\":\"10.0.0.12, fd00::12\"}]}}}");
    KubeadmNode node = {.call = case_call(&c), .object = object, .address = STR("10.0.0.11")};
    StrVec found = kubeadm_node_addresses(&node);
    check_str(str_join(found.items, found.count, STR(" "), c.arena),
              "10.0.0.11 10.0.0.12 fd00::12");
    case_close(&c);
}

/* Requests of kubelets that wait are the only difference. */
static void test_serving_requests(void **) {
    static const char node[] = NODE("1.33.1", "api:6443") ",\"renew_before_days\":90";
    ResourceCase c = case_open(&kubeadm_init);
    Str text = str_format(c.arena,
                          "{%s,\"id\":\"i\",\"is_member\":true,\"serving_requests\":{\"w1\":"
                          "\"csr-1\"}}",
                          node);
    c.state = case_config(&c, str_to_cstr(text, c.arena));
    assert_true(case_plan(&c, str_to_cstr(str_format(c.arena, "{%s}", node), c.arena)));
    assert_int_equal(c.plan.requires_replace.count, 0);
    assert_int_equal(c.plan.notes.count, 1);
    check_str(c.plan.notes.items[0].text,
              "approves the serving certificate of w1 that waits (csr-1)");
    assert_true(
        value_identical(c.plan.planned, object_with(c.state, "serving_requests",
                                                    value_null(&TYPE_MAP_OF_STRING), c.arena)));
    case_close(&c);
}

UNIT_MAIN(test_kubeadm_init) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_endpoint),
        cmocka_unit_test(test_replaced_machine),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_socket),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_cgroup),
        cmocka_unit_test(test_machine_of_this_plan),
        cmocka_unit_test(test_serving_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
