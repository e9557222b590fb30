/* kubeadm_host: plans without a machine. lab/cluster_host prepares real machines. */
#include "kubeadm_provider.h"
#include "object_builder.h"
#include "resource_case.h"

#define HOST "\"host\":\"10.0.0.11\",\"kubernetes_version\":\"1.34.4\""

/* Version 0 of the schema has another name for the version of the runtime. */
static void test_upgrade(void **state) {
    (void)state;
    ResourceCase c = case_open(&kubeadm_host);
    UpgradeRequest request = {
        0, STR("{" HOST ",\"containerd_version\":\"1.7.2\",\"port\":22,\"ipv6\":null}")};
    UpgradeResponse response;
    check_done(&c, resource_type_upgrade(case_call(&c), &request, &response, &c.diags));
    c.state = case_config(&c, str_to_cstr(response.upgraded, c.arena));
    check_str(case_text(&c, "runtime_version"), "1.7.2");
    check_str(case_text(&c, "container_runtime"), "containerd");
    check_str(case_text(&c, "host"), "10.0.0.11");
    assert_int_equal(object_int(c.state, "port", 0), 22);
    case_close(&c);
}

static bool plan(ResourceCase *c, const char *json, bool is_replaced) {
    Value config = case_config(c, json);
    PlanRequest request = {.prior = c->state,
                           .proposed = case_propose(c, c->state, config),
                           .config = config,
                           .is_replaced = is_replaced};
    c->diags = diags_new(c->arena);
    c->plan = (PlanResponse){0};
    return resource_type_plan(case_call(c), &request, &c->plan, &c->diags);
}

#define STATE ",\"architecture\":\"amd64\",\"is_container\":true,\"id\":\"i\""
#define CRIO  ",\"container_runtime\":\"cri-o\""

/* The runtime of a machine stays; another machine, or one that is prepared anew, may have another
 * one. */
static void test_runtime_change(void **state) {
    (void)state;
    ResourceCase c = case_open(&kubeadm_host);
    c.state = case_config(&c, "{" HOST STATE ",\"container_runtime\":\"containerd\"}");
    check_refused(&c, plan(&c, "{" HOST CRIO "}", false), "Container runtime of a node");
    Str detail = c.diags.items[0].detail;
    assert_true(str_find(detail, STR("-replace=x.y"), 0) != SIZE_MAX);
    check_done(&c, plan(&c, "{" HOST CRIO "}", true));
    check_done(&c, plan(&c, "{" HOST "}", false));
    check_done(
        &c, plan(&c, "{\"host\":\"10.0.0.12\",\"kubernetes_version\":\"1.34.4\"" CRIO "}", false));
    assert_true(case_is_planned_unknown(&c, "runtime_version"));
    assert_true(case_is_planned_unknown(&c, "settings"));
    c.state = case_config(&c, "{" HOST STATE CRIO "}");
    check_refused(&c, plan(&c, "{" HOST "}", false), "Container runtime of a node");
    case_close(&c);
}

static Value setting(const ResourceCase *c, const char *name) {
    Value settings = value_attribute(c->plan.planned, STR("settings")), found;
    return value_find(settings, str_from_cstr(name), &found) ? found : value_null(&TYPE_STRING);
}

/* A plan shows the settings of the runtime. */
static void test_settings(void **state) {
    (void)state;
    ResourceCase c = case_open(&kubeadm_host);
    c.state = case_config(&c, "{" HOST STATE CRIO "}");
    check_done(&c, plan(&c,
                        "{" HOST CRIO ",\"runtime_repository\":{\"url\":\"https://pkgs.example/\","
                        "\"suite\":\"/\",\"version\":\"1.34.2\"}}",
                        false));
    check_str(value_text(setting(&c, "package cri-o")), "1.34.2 held");
    check_str(value_text(setting(&c, "service crio")), "enabled active");
    assert_true(value_is_null(setting(&c, "service containerd")));
    check_refused(
        &c,
        plan(&c, "{" HOST CRIO ",\"registries\":[{\"host\":\"r\",\"ca_path\":\"/ca\"}]}", false),
        "Setting not possible");
    case_close(&c);
}

static void test_validation(void **) {
    ResourceCase c = case_open(&kubeadm_host);
    check_done(&c, case_validate(&c, "{" HOST CRIO "}"));
    assert_false(case_validate(&c, "{" HOST ",\"container_runtime\":\"docker\"}"));
    case_close(&c);
}

UNIT_MAIN(test_kubeadm_host) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrade),
        cmocka_unit_test(test_runtime_change),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_validation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
