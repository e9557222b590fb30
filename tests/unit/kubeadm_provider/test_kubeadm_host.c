/* kubeadm_host: plans without a machine. lab/cluster_host prepares real machines. */
#include "host_settings.h"
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
    check_str(case_text(&c, "package_driver"), "apt");
    check_str(case_text(&c, "host"), "10.0.0.11");
    assert_int_equal(object_int(c.state, "port", 0), 22);
    request = (UpgradeRequest){1, STR("{" HOST ",\"container_runtime\":\"cri-o\"}")};
    check_done(&c, resource_type_upgrade(case_call(&c), &request, &response, &c.diags));
    c.state = case_config(&c, str_to_cstr(response.upgraded, c.arena));
    check_str(case_text(&c, "container_runtime"), "cri-o");
    check_str(case_text(&c, "package_driver"), "apt");
    check_str(case_text(&c, "prefix"), "/usr/local/bin");
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

#define OPEN ",\"host_firewall\":\"open\""

/* Lists belong to a firewall that is opened; it needs networks. */
static void test_firewall_arguments(void **) {
    static const struct {
        const char *more, *summary; /* NULL: valid */
    } rows[] = {
        {OPEN ",\"firewall_networks\":[\"10.0.0.0/24\"],\"firewall_ports\":[\"443/tcp\"]", NULL},
        {",\"host_firewall\":\"disable\"", NULL},
        {OPEN, "Networks for the firewall missing"},
        {OPEN ",\"firewall_networks\":[]", "Networks for the firewall missing"},
        {",\"firewall_networks\":[\"10.0.0.0/24\"]", "Firewall is not opened"},
        {",\"host_firewall\":\"disable\",\"firewall_ports\":[\"443/tcp\"]",
         "Firewall is not opened"},
        {OPEN ",\"firewall_networks\":[\"10.0.0.1/24\"]", "Not valid for a firewall"},
        {OPEN ",\"firewall_networks\":[null]", "Not valid for a firewall"},
        {OPEN ",\"firewall_networks\":[\"10.0.0.0/24\"],\"firewall_ports\":[\"443\"]",
         "Not valid for a firewall"},
        {",\"host_firewall\":\"closed\"", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_host);
        Str json = str_format(c.arena, "{" HOST "%s}", rows[i].more);
        bool is_valid = case_validate(&c, str_to_cstr(json, c.arena));
        if (is_valid != !rows[i].summary)
            fail_msg("%s", rows[i].more);
        if (!is_valid && rows[i].summary[0])
            check_str(c.diags.items[0].summary, rows[i].summary);
        case_close(&c);
    }
}

/* Its lists are a setting; another order is none. */
static void test_firewall_setting(void **) {
    ResourceCase c = case_open(&kubeadm_host);
    c.state = case_config(&c, "{" HOST STATE ",\"container_runtime\":\"containerd\"}");
    const char *name = "firewall 30000-32767/tcp,30000-32767/udp,443/tcp,6443/tcp "
                       "10.0.0.0/24,10.244.0.0/16";
    check_done(&c, plan(&c,
                        "{" HOST OPEN ",\"firewall_networks\":[\"10.244.0.0/16\",\"10.0.0.0/24\"],"
                        "\"firewall_ports\":[\"443/tcp\"]}",
                        false));
    check_str(value_text(setting(&c, name)), "open");
    c.state = c.plan.planned;
    check_done(&c, plan(&c,
                        "{" HOST OPEN ",\"control_plane\":false,\"firewall_networks\":[\"10.0.0.0/"
                        "24\",\"10.244.0.0/16\"]}",
                        false));
    assert_true(value_is_null(setting(&c, name)));
    check_str(value_text(setting(
                  &c, "firewall 30000-32767/tcp,30000-32767/udp 10.0.0.0/24,10.244.0.0/16")),
              "open");
    c.state = c.plan.planned;
    check_done(&c, plan(&c, "{" HOST "}", false));
    assert_true(value_is_null(setting(&c, name)));
    case_close(&c);
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

#define URL             "https://pkgs.example/v{minor}/{format}/"
#define REPOSITORY(url) ",\"repository\":{\"url\":\"" url "\",\"key\":\"KEY\"}"

/* The settings of the plan are those of the driver, and a second plan is empty. */
static void test_drivers(void **) {
    for (size_t i = 0; i < PACKAGE_DRIVER_COUNT; i++) {
        ResourceCase c = case_open(&kubeadm_host);
        const PackageDriver *driver = &package_driver_table[i];
        Str state = str_format(
            c.arena, "{" HOST STATE REPOSITORY(URL) ",\"package_driver\":\"%s\"}", driver->name);
        c.state = case_config(&c, str_to_cstr(state, c.arena));
        check_done(&c, plan(&c, "{" HOST REPOSITORY(URL) "}", false));
        Str file =
            str_format(c.arena, "file %s/loam-kubernetes.%s", driver->sources, driver->suffix);
        assert_true(value_is_present(setting(&c, str_to_cstr(file, c.arena))));
        check_str(value_text(setting(&c, "package kubelet")), "1.34.4 held");
        check_str(value_text(value_attribute(c.plan.planned, STR("package_driver"))), driver->name);
        c.state = c.plan.planned;
        check_done(&c, plan(&c, "{" HOST REPOSITORY(URL) "}", false));
        assert_true(value_equal(c.plan.planned, c.state));
        case_close(&c);
    }
    ResourceCase c = case_open(&kubeadm_host);
    c.state = case_config(&c, "{" HOST STATE ",\"package_driver\":\"none\"}");
    check_refused(&c, plan(&c, "{" HOST REPOSITORY(URL) "}", false), "Setting not possible");
    case_close(&c);
}

/* A machine with the files of an earlier version has no difference. Another change also replaces
 * these files. */
static void test_former_files(void **) {
    static const char list[] = "file /etc/apt/sources.list.d/loam-kubernetes.list";
    static const char sources[] = "file /etc/apt/sources.list.d/loam-kubernetes.sources";
    ResourceCase c = case_open(&kubeadm_host);
    const Call *call = case_call(&c);
    HostWish wish = {
        .node = {.runtime = &node_runtime_table[NODE_RUNTIME_CONTAINERD],
                 .runtime_version = {.major = 1},
                 .sandbox_image = STR("registry.k8s.io/pause:3.10.1"),
                 .is_container = true,
                 .restricts_oom_score = true,
                 .https_proxy = STR("http://proxy:3128")},
        .driver = &package_driver_table[PACKAGE_APT],
        .repository = {.name = "kubernetes",
                       .url = STR("https://pkgs.example/v1.34/deb/"),
                       .suite = STR("/"),
                       .key = STR("KEY"),
                       .version = STR("1.34.4")},
        .has_former_lists = true,
    };
    StrVec none = {0};
    wish.node.no_proxy = node_files_no_proxy(&none, STR_EMPTY, call->arena);
    vec_push(call->arena, &wish.repository.packages, STR("kubeadm"));
    vec_push(call->arena, &wish.repository.packages, STR("kubelet"));
    vec_push(call->arena, &wish.repository.packages, STR("kubectl"));
    HostWanted wanted;
    check_str(host_settings_want(&wish, &wanted, call->arena), "");
    ObjectBuilder settings = object_builder_new(call->arena);
    vec_each(&wanted.settings, named)
        object_builder_put(&settings, named->name, value_string(named->text, call->arena));
#define FORMER                                                                                     \
    HOST REPOSITORY("https://pkgs.example/v1.34/deb/") ",\"https_proxy\":\"http://proxy:3128\""
    Value config = case_config(&c, "{" FORMER STATE ",\"package_driver\":\"apt\"}");
    ObjectBuilder state =
        object_builder_of(case_propose(&c, value_null(config.type), config), call->arena);
    object_builder_set_text(&state, "architecture", STR("amd64"), call->arena);
    object_builder_set(&state, "is_container", value_bool(true));
    object_builder_set_text(&state, "id", STR("i"), call->arena);
    object_builder_set_text(&state, "package_driver", STR("apt"), call->arena);
    object_builder_set_text(&state, "prefix", STR("/usr/local/bin"), call->arena);
    object_builder_set(&state, "has_selinux", value_bool(false));
    object_builder_set(&state, "runtime_version", value_null(&TYPE_STRING));
    object_builder_set(&state, "settings", object_builder_map(&settings, &TYPE_STRING));
    c.state = object_builder_value(&state);
    check_done(&c, plan(&c, "{" FORMER "}", false));
    assert_true(value_is_present(setting(&c, list)));
    assert_true(value_is_null(setting(&c, sources)));
    assert_true(value_equal(c.plan.planned, c.state));
    check_done(&c, plan(&c, "{" FORMER ",\"ipv6\":true}", false));
    assert_true(value_is_null(setting(&c, list)));
    assert_true(value_is_present(setting(&c, sources)));
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
        cmocka_unit_test(test_firewall_arguments),
        cmocka_unit_test(test_firewall_setting),
        cmocka_unit_test(test_upgrade),
        cmocka_unit_test(test_runtime_change),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_drivers),
        cmocka_unit_test(test_former_files),
        cmocka_unit_test(test_validation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
