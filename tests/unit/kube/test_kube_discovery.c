/* Old servers, stale groups, and how often the server is asked. */
#include "kube_script.h"

#define CORE                                                                                       \
    "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":[{\"name\":"              \
    "\"pods\",\"kind\":\"Pod\",\"namespaced\":true,\"verbs\":[\"get\"]}]}"
#define BATCH                                                                                      \
    "{\"kind\":\"APIResourceList\",\"groupVersion\":\"batch/v1\",\"resources\":[{\"name\":"        \
    "\"jobs\",\"kind\":\"Job\",\"namespaced\":true},{\"name\":\"jobs/status\",\"kind\":\"Job\"}]}"
#define VERSIONS "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}"
#define GROUPS                                                                                     \
    "{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"down\",\"versions\":[{\"groupVersion\":"   \
    "\"down/v1\"}]},{\"name\":\"batch\",\"versions\":[{\"groupVersion\":\"batch/v1\"}]}]}"
#define AGGREGATED(group, resources, more)                                                         \
    "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"" group              \
    "\"},\"versions\":[{\"version\":\"v1\",\"resources\":[" resources "]" more "}]}]}"
#define WIDGET                                                                                     \
    "{\"resource\":\"widgets\",\"responseKind\":{\"kind\":\"Widget\"},\"scope\":\"Cluster\"}"

static KubeOutcome find(KubeScript *script, KubeDiscovery *discovery, const char *api_version,
                        const char *kind, KubeResource *out, KubeResponse *response) {
    KubeCall call = {.client = script->client, .arena = script->arena};
    Diags diags = diags_new(script->arena);
    return kube_discovery_find(discovery, &call,
                               (KubeKind){str_from_cstr(api_version), str_from_cstr(kind)}, out,
                               response, &diags);
}

/* A server without aggregated discovery, with one group whose own server is down. */
static void plain(void **) {
    static const KubeScriptRow rows[] = {{200, VERSIONS}, {200, GROUPS}, {200, CORE},
                                         {503},           {503},         {200, BATCH}};
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(KubeDiscoveryRef) discovery = kube_discovery_open();
    KubeScript script;
    KubeResource resource;
    KubeResponse response;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    assert_int_equal(find(&script, discovery, "batch/v1", "Job", &resource, &response), KUBE_DONE);
    check_str(resource.plural, "jobs");
    check_str(resource.subresources.items[0], "status");
    assert_int_equal(find(&script, discovery, "v1", "Pod", &resource, &response), KUBE_DONE);
    assert_int_equal(resource.verbs, KUBE_VERB_GET);
    assert_int_equal(find(&script, discovery, "down/v1", "Thing", &resource, &response),
                     KUBE_FAILED);
    assert_true(str_find(response.problem, STR("does not answer"), 0) != SIZE_MAX);
    check_str(script.requests.items[3], "GET /apis/down/v1");
    assert_int_equal(script.next, ARRAY_COUNT(rows));
    kube_client_close(script.client);
}

/* The catalog is read once, again when dropped, and again ten seconds later for a missing kind. */
static void readings(void **) {
    static const KubeScriptRow rows[] = {
        {200, AGGREGATED("", "", "")}, {200, AGGREGATED("x", "", "")},
        {200, AGGREGATED("", "", "")}, {200, AGGREGATED("x", WIDGET, "")},
        {200, AGGREGATED("", "", "")}, {200, AGGREGATED("x", "", "")},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(KubeDiscoveryRef) discovery = kube_discovery_open();
    KubeScript script;
    KubeResource resource;
    KubeResponse response;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    for (int i = 0; i < 3; i++)
        assert_int_equal(find(&script, discovery, "x/v1", "Widget", &resource, &response),
                         KUBE_ABSENT);
    assert_int_equal(script.next, 2);
    script.now_ms += 10000;
    assert_int_equal(find(&script, discovery, "x/v1", "Widget", &resource, &response), KUBE_DONE);
    assert_int_equal(script.next, 4);
    kube_discovery_drop(discovery);
    check_str(resource.plural, "widgets");
    assert_int_equal(find(&script, discovery, "x/v1", "Widget", &resource, &response), KUBE_ABSENT);
    assert_int_equal(script.next, 6);
    kube_client_close(script.client);
}

/* Stale in the aggregated document: known kinds are still found, others fail. */
static void stale(void **) {
    static const KubeScriptRow rows[] = {
        {200, AGGREGATED("", "", "")},
        {200, AGGREGATED("x", WIDGET, ",\"freshness\":\"Stale\"")},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(KubeDiscoveryRef) discovery = kube_discovery_open();
    KubeScript script;
    KubeResource resource;
    KubeResponse response;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    assert_int_equal(find(&script, discovery, "x/v1", "Widget", &resource, &response), KUBE_DONE);
    assert_int_equal(find(&script, discovery, "x/v1", "Other", &resource, &response), KUBE_FAILED);
    kube_client_close(script.client);
}

/* A failure is reported, and not kept. */
static void failures(void **) {
    static const char no_resources[] = AGGREGATED("", "", "");
    static const char widgets[] = AGGREGATED("x", WIDGET, "");
    static const KubeScriptRow rows[] = {
        {403, "{\"kind\":\"Status\",\"message\":\"no\"}"},
        {200, "{\"kind\":\"Login\"}"},
        {200, no_resources},
        {200, widgets},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(KubeDiscoveryRef) discovery = kube_discovery_open();
    KubeScript script;
    KubeResource resource;
    KubeResponse response;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    assert_int_equal(find(&script, discovery, "x/v1", "Widget", &resource, &response), KUBE_FAILED);
    check_str(response.problem, "HTTP status 403 (no)");
    assert_int_equal(find(&script, discovery, "x/v1", "Widget", &resource, &response), KUBE_FAILED);
    assert_true(str_find(response.problem, STR("not from a Kubernetes"), 0) != SIZE_MAX);
    assert_int_equal(find(&script, discovery, "x/v1", "Widget", &resource, &response), KUBE_DONE);
    kube_client_close(script.client);
}

UNIT_MAIN(test_kube_discovery) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(readings),
        cmocka_unit_test(stale),
        cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
