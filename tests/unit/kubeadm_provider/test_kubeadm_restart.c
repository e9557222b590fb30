/* kubeadm_restart: the limits of a kubeadm_host whose change restarts the container runtime. */
#include "kubeadm_provider.h"
#include "object_builder.h"
#include "resource_case.h"

#define PAIR(name, public) "\"" name "\":{\"" public "\":\"A\",\"key\":\"B\"}"
#define PKI                                                                                        \
    "\"pki\":{" PAIR("ca", "certificate") "," PAIR("etcd_ca", "certificate") "," PAIR(             \
        "front_proxy_ca", "certificate") "," PAIR("service_account", "public_key") "}"
#define NODE(name, host)                                                                           \
    "\"host\":\"" host "\",\"node_name\":\"" name                                                  \
    "\",\"endpoint\":\"api:6443\",\"kubernetes_version\":\"1.34.4\"," PKI

#define CONFIG  "file /etc/containerd/config.toml"
#define MIRROR  "file /etc/containerd/certs.d/registry.k8s.io/hosts.toml"
#define KUBELET "program /usr/local/bin/kubelet"
#define RUNTIME "program /usr/local/bin/containerd"
#define PACKAGE "package containerd"

typedef struct RestartCase {
    ResourceCase host, init, join;
    FoundObjects inits, joins;
} RestartCase;

static void find_objects(void *payload, const char *type, FoundObjects *out) {
    const RestartCase *c = payload;
    if (strcmp(type, "kubeadm_init") == 0)
        *out = c->inits;
    else if (strcmp(type, "kubeadm_join") == 0)
        *out = c->joins;
}

static void add(ResourceCase *c, FoundObjects *out, const char *json) {
    vec_push(c->arena, out, (FoundObject){STR("x.y"), case_config(c, json)});
}

/* A control plane at 10.0.0.11, and a worker at 10.0.0.12 that allows `unavailable` at a time. */
static void restart_open(RestartCase *c, const char *unavailable) {
    *c = (RestartCase){.host = case_open(&kubeadm_host),
                       .init = case_open(&kubeadm_init),
                       .join = case_open(&kubeadm_join)};
    c->host.call.find_objects = find_objects;
    c->host.call.progress_payload = c;
    add(&c->init, &c->inits, "{" NODE("cp1", "10.0.0.11") "}");
    Str worker = str_format(c->host.arena,
                            "{" NODE("w1", "10.0.0.12") ",\"control_plane\":false,\"max_"
                                                        "unavailable\":%s}",
                            unavailable);
    add(&c->join, &c->joins, str_to_cstr(worker, c->host.arena));
}

static void restart_close(RestartCase *c) {
    case_close(&c->host);
    case_close(&c->init);
    case_close(&c->join);
}

static Value machine(RestartCase *c, const char *host, const char *setting) {
    Str text = str_format(c->host.arena,
                          "{\"host\":\"%s\",\"kubernetes_version\":\"1.34.4\",\"container_"
                          "runtime\":\"containerd\",\"settings\":{\"%s\":\"x\"}}",
                          host, setting);
    return case_config(&c->host, str_to_cstr(text, c->host.arena));
}

/* Returns the limits of a change of this setting, as "KEY=CAPACITY …". */
static Str limits(RestartCase *c, const char *host, const char *setting) {
    LimitsRequest request = {LIMIT_UPDATE, machine(c, host, setting), machine(c, host, "swap")};
    LimitsResponse response = {0};
    StrVec texts = {0};
    Arena *arena = c->host.arena;
    assert_true(kubeadm_host.limits(case_call(&c->host), &request, &response, &c->host.diags));
    vec_each(&response.limits, limit)
        vec_push(arena, &texts, str_format(arena, "%.*s=%u", STR_ARG(limit->key), limit->capacity));
    return str_join(texts.items, texts.count, STR(" "), arena);
}

/* Workers restart the runtime as max_unavailable allows, in the same count as their drains; a
 * control plane restarts it when no other one changes. */
static void test_restarts(void **) {
    RestartCase c;
    restart_open(&c, "3");
    static const char *const restarts[] = {CONFIG, RUNTIME, PACKAGE};
    for (size_t i = 0; i < ARRAY_COUNT(restarts); i++) {
        check_str(limits(&c, "10.0.0.12", restarts[i]),
                  "container runtimes of api:6443=3 workers of api:6443=3");
        check_str(limits(&c, "10.0.0.11", restarts[i]),
                  "container runtimes of api:6443=3 control planes of api:6443=1");
    }
    restart_close(&c);
    restart_open(&c, "null");
    check_str(limits(&c, "10.0.0.12", CONFIG),
              "container runtimes of api:6443=1 workers of api:6443=1");
    /* Its node may be in another state. */
    check_str(limits(&c, "10.0.0.13", CONFIG), "container runtimes of =1");
    restart_close(&c);
}

static void test_other_changes(void **) {
    RestartCase c;
    restart_open(&c, "1");
    check_str(limits(&c, "10.0.0.12", MIRROR), "");
    check_str(limits(&c, "10.0.0.12", KUBELET), "");
    check_str(limits(&c, "10.0.0.12", "package kubelet"), "");
    check_str(limits(&c, "10.0.0.12", "swap"), "");
    restart_close(&c);
}

static size_t count(RestartCase *c, LimitAction action, const char *host) {
    Value object = machine(c, host, CONFIG);
    LimitsRequest request = {action, object, value_null(object.type)};
    LimitsResponse response = {0};
    assert_true(kubeadm_host.limits(case_call(&c->host), &request, &response, &c->host.diags));
    return response.limits.count;
}

/* A new machine has no node that waits. An object that is created anew can have one. */
static void test_creations(void **) {
    RestartCase c;
    restart_open(&c, "1");
    assert_int_equal(count(&c, LIMIT_CREATE, "10.0.0.13"), 0);
    assert_int_equal(count(&c, LIMIT_CREATE, "10.0.0.12"), 2);
    assert_int_equal(count(&c, LIMIT_DELETE, "10.0.0.12"), 0);
    restart_close(&c);
}

/* Settings that are not known yet may restart it. */
static void test_unknown(void **) {
    RestartCase c;
    restart_open(&c, "1");
    Value prior = machine(&c, "10.0.0.12", CONFIG);
    ObjectBuilder builder = object_builder_of(prior, c.host.arena);
    object_builder_set(&builder, "settings",
                       value_unknown(object_attribute(prior, "settings").type));
    LimitsRequest request = {LIMIT_UPDATE, object_builder_value(&builder), prior};
    LimitsResponse response = {0};
    assert_true(kubeadm_host.limits(case_call(&c.host), &request, &response, &c.host.diags));
    assert_int_equal(response.limits.count, 2);
    restart_close(&c);
}

UNIT_MAIN(test_kubeadm_restart) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restarts),
        cmocka_unit_test(test_other_changes),
        cmocka_unit_test(test_creations),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
