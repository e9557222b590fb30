/* Digests of the rules of a server, from scripted lists. */
#include "server_rules.h"

#include "kube_script.h"

#define AGGREGATED(group, resources)                                                               \
    "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"" group              \
    "\"},\"versions\":[{\"version\":\"v1\",\"resources\":[" resources "]}]}]}"
#define KIND(kind, plural)                                                                         \
    "{\"resource\":\"" plural "\",\"responseKind\":{\"kind\":\"" kind                              \
    "\"},\"scope\":\"Cluster\",\"verbs\":[\"get\",\"list\"]}"
#define KINDS                                                                                      \
    KIND("MutatingWebhookConfiguration", "mutatingwebhookconfigurations")                          \
    "," KIND("ValidatingAdmissionPolicy", "validatingadmissionpolicies") "," KIND(                 \
        "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings")
#define LIST(items) "{\"kind\":\"List\",\"metadata\":{},\"items\":[" items "]}"
#define META(name, uid, generation)                                                                \
    "\"metadata\":{\"name\":\"" name "\",\"uid\":\"" uid "\",\"generation\":" generation "}"
#define WEBHOOK(generation, group, plural)                                                         \
    "{" META("w", "1", generation) ",\"webhooks\":[{\"rules\":[{\"apiGroups\":[\"" group           \
                                   "\"],\"resources\":[\"" plural "\"]}]}]}"
#define POLICY                                                                                     \
    "{" META("p", "2", "1") ",\"spec\":{\"matchConstraints\":{\"resourceRules\":[{\"apiGroups\":[" \
                            "\"apps\"],\"resources\":[\"*\"]}]}}}"
#define BINDING(generation) "{" META("b", "3", generation) ",\"spec\":{\"policyName\":\"p\"}}"
#define DEFINITION(uid)     "{\"kind\":\"CustomResourceDefinition\"," META("d", uid, "1") "}"
#define FORBIDDEN           "{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"no\",\"code\":403}"

static const KubeResource config_maps = {
    .version = STR_CONST("v1"), .kind = STR_CONST("ConfigMap"), .plural = STR_CONST("configmaps")};
static const KubeResource deployments = {.group = STR_CONST("apps"),
                                         .version = STR_CONST("v1"),
                                         .kind = STR_CONST("Deployment"),
                                         .plural = STR_CONST("deployments")};
static const KubeResource widgets = {.group = STR_CONST("x.example.com"),
                                     .version = STR_CONST("v1"),
                                     .kind = STR_CONST("Widget"),
                                     .plural = STR_CONST("widgets")};

typedef struct Answers {
    const char *webhooks; /* NULL: forbidden */
    const char *policies;
    const char *bindings;
    const char *definition;
} Answers;

static KubeScriptRow row_of(const char *body) {
    return body ? (KubeScriptRow){200, body} : (KubeScriptRow){403, FORBIDDEN};
}

/* Returns the digests for a ConfigMap, a Deployment and a Widget, each asked for twice. */
static StrVec digests(Answers answers, const char *version, Arena *arena) {
    static const KubeResource *const kinds[] = {&config_maps, &deployments, &widgets};
    const KubeScriptRow rows[] = {
        row_of(AGGREGATED("", "")), row_of(AGGREGATED("admissionregistration.k8s.io", KINDS)),
        row_of(answers.webhooks),   row_of(answers.policies),
        row_of(answers.bindings),   row_of(answers.definition),
    };
    KubeScript script;
    StrVec out = {0};
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    KubeCall call = {.client = script.client, .arena = arena};
    SCOPED(KubeDiscoveryRef) discovery = kube_discovery_open();
    ServerRules *rules = server_rules_open(discovery);
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        Str digest = server_rules_digest(rules, &call, str_from_cstr(version), kinds[i]);
        Str again = server_rules_digest(rules, &call, str_from_cstr(version), kinds[i]);
        check_str(again, str_to_cstr(digest, arena));
        vec_push(arena, &out, digest);
    }
    assert_int_equal(script.next, script.count);
    server_rules_drop(rules, &config_maps);
    (void)server_rules_digest(rules, &call, STR("v"), &widgets);
    server_rules_close(rules);
    kube_client_close(script.client);
    return out;
}

static const Answers base = {LIST(WEBHOOK("1", "", "configmaps")), LIST(POLICY), LIST(BINDING("1")),
                             DEFINITION("u")};

/* Each change counts for the kinds that it can affect. */
static void changes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    /* clang-format off */
    const struct {
        Answers answers;
        const char *version;
        bool is_other[3];
    } cases[] = {
        {base, "v1", {false, false, false}},
        {base, "v2", {true, true, true}},
        {{LIST(WEBHOOK("2", "", "configmaps")), base.policies, base.bindings, base.definition}, "v1", {true, false, false}},
        {{LIST(WEBHOOK("1", "*", "*/*")), base.policies, base.bindings, base.definition}, "v1", {false, true, true}},
        {{LIST(""), base.policies, base.bindings, base.definition}, "v1", {true, false, false}},
        {{NULL, base.policies, base.bindings, base.definition}, "v1", {true, false, false}},
        {{base.webhooks, base.policies, LIST(BINDING("2")), base.definition}, "v1", {false, true, false}},
        {{base.webhooks, NULL, base.bindings, base.definition}, "v1", {false, true, false}},
        {{base.webhooks, base.policies, base.bindings, DEFINITION("other")}, "v1", {false, false, true}},
        {{base.webhooks, base.policies, base.bindings, NULL}, "v1", {false, false, true}},
    };
    /* clang-format on */
    StrVec before = digests(base, "v1", arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrVec after = digests(cases[i].answers, cases[i].version, arena);
        for (size_t k = 0; k < 3; k++) {
            if (str_equal(before.items[k], after.items[k]) == cases[i].is_other[k])
                fail_msg("case %zu, kind %zu", i, k);
        }
    }
}

/* A definition is read for a group that Kubernetes does not serve itself, also below k8s.io. */
static void groups_with_definitions(void **) {
    static const struct {
        const char *group;
        bool has_definition;
    } cases[] = {
        {"", false},
        {"apps", false},
        {"networking.k8s.io", false},
        {"rbac.authorization.k8s.io", false},
        {"flowcontrol.apiserver.k8s.io", false},
        {"gateway.networking.k8s.io", true},
        {"snapshot.storage.k8s.io", true},
        {"x.example.com", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const KubeScriptRow rows[] = {
            row_of(AGGREGATED("", "")),
            row_of(AGGREGATED("admissionregistration.k8s.io", "")),
            row_of(DEFINITION("u")),
        };
        KubeScript script;
        kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        SCOPED(KubeDiscoveryRef) discovery = kube_discovery_open();
        ServerRules *rules = server_rules_open(discovery);
        KubeResource resource = widgets;
        resource.group = str_from_cstr(cases[i].group);
        (void)server_rules_digest(rules, &call, STR("v"), &resource);
        if ((script.next == script.count) != cases[i].has_definition)
            fail_msg("group %s", cases[i].group);
        server_rules_close(rules);
        kube_client_close(script.client);
    }
}

/* A change of definitions or of the admission configuration in this run is read. */
static void drops(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeResource definitions = {.group = STR_CONST("apiextensions.k8s.io")};
    static const KubeResource webhooks = {.group = STR_CONST("admissionregistration.k8s.io")};
    const KubeScriptRow rows[] = {
        row_of(AGGREGATED("", "")),
        row_of(AGGREGATED("admissionregistration.k8s.io",
                          KIND("MutatingWebhookConfiguration", "mutatingwebhookconfigurations"))),
        row_of(LIST("")),
        row_of(DEFINITION("u")),
        row_of(DEFINITION("other")),
        row_of(LIST(WEBHOOK("1", "*", "*"))),
    };
    KubeScript script;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    KubeCall call = {.client = script.client, .arena = arena};
    SCOPED(KubeDiscoveryRef) discovery = kube_discovery_open();
    ServerRules *rules = server_rules_open(discovery);
    Str first = server_rules_digest(rules, &call, STR("v"), &widgets);
    server_rules_drop(rules, &definitions);
    Str second = server_rules_digest(rules, &call, STR("v"), &widgets);
    server_rules_drop(rules, &webhooks);
    Str third = server_rules_digest(rules, &call, STR("v"), &widgets);
    assert_false(str_equal(first, second) || str_equal(second, third));
    assert_int_equal(script.next, script.count);
    server_rules_close(rules);
    kube_client_close(script.client);
}

UNIT_MAIN(test_server_rules) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes),
        cmocka_unit_test(drops),
        cmocka_unit_test(groups_with_definitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
