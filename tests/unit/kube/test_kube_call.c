/* Paths, queries, bodies and content types of requests. */
#include "kube_script.h"

static const KubeResource deployments = {.group = STR_CONST("apps"),
                                         .version = STR_CONST("v1"),
                                         .kind = STR_CONST("Deployment"),
                                         .plural = STR_CONST("deployments"),
                                         .is_namespaced = true};
static const KubeResource nodes = {
    .version = STR_CONST("v1"), .kind = STR_CONST("Node"), .plural = STR_CONST("nodes")};
static const KubeResource roles = {.group = STR_CONST("rbac.authorization.k8s.io"),
                                   .version = STR_CONST("v1"),
                                   .kind = STR_CONST("ClusterRole"),
                                   .plural = STR_CONST("clusterroles")};

static const KubeRef web = {
    .resource = &deployments, .namespace = STR_CONST("n"), .name = STR_CONST("web")};

typedef struct Row {
    KubeRef ref;
    const char *path;
    const char *title;
} Row;

static const Row rows[] = {
    {{&deployments, STR_CONST("n"), STR_CONST("w"), STR_CONST("scale")},
     "/apis/apps/v1/namespaces/n/deployments/w/scale",
     "Deployment \"w\" in namespace \"n\""},
    {{&deployments, STR_CONST(""), STR_CONST(""), STR_CONST("")},
     "/apis/apps/v1/deployments",
     "Deployment"},
    {{&nodes, STR_CONST("ignored"), STR_CONST("a"), STR_CONST("")},
     "/api/v1/nodes/a",
     "Node \"a\""},
    {{&roles, STR_CONST(""), STR_CONST("system:a/b ?c"), STR_CONST("")},
     "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aa%2Fb%20%3Fc",
     "ClusterRole \"system:a/b ?c\""},
};

static void paths(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        check_str(kube_resource_path(&rows[i].ref, arena), rows[i].path);
        check_str(kube_resource_title(&rows[i].ref, arena), rows[i].title);
    }
    check_str(kube_resource_api_version(&deployments, arena), "apps/v1");
    check_str(kube_resource_api_version(&nodes, arena), "v1");
}

/* The script with one answer, and the request that came. */
static Str header_of(const KubeScript *script, const char *name) {
    vec_each(&script->last.headers, header) {
        if (str_equal_cstr(header->name, name))
            return header->value;
    }
    return STR_EMPTY;
}

static void requests(void **) {
    static const KubeScriptRow answers[] = {{201, "{}"}, {200, "{}"}, {200, "{}"}, {200, "{}"}};
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeScript script;
    KubeResponse response;
    Diags diags = diags_new(arena);
    kube_script_open(&script, answers, ARRAY_COUNT(answers), NULL, arena);
    KubeCall call = {.client = script.client, .arena = arena};
    KubeApply apply = {.ref = web, .body = STR("{}"), .manager = STR("l m"), .is_dry_run = true};
    assert_int_equal(kube_call_apply(&call, &apply, &response, &diags), KUBE_DONE);
    check_str(vec_last(&script.requests),
              "PATCH /apis/apps/v1/namespaces/n/deployments/web?fieldManager=l%20m&force=false"
              "&fieldValidation=Strict&dryRun=All");
    check_str(header_of(&script, "Content-Type"), "application/apply-patch+yaml");
    check_str(header_of(&script, "Authorization"), "Bearer t");

    KubePatch patch = {.ref = web, .type = KUBE_PATCH_JSON, .body = STR("[]")};
    assert_int_equal(kube_call_patch(&call, &patch, &response, &diags), KUBE_DONE);
    check_str(header_of(&script, "Content-Type"), "application/json-patch+json");

    KubeDelete delete = {.ref = web, .uid = STR("u"), .propagation = KUBE_PROPAGATION_BACKGROUND};
    assert_int_equal(kube_call_delete(&call, &delete, &response, &diags), KUBE_DONE);
    check_str(script.last.body, "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\","
                                "\"propagationPolicy\":\"Background\",\"preconditions\":{\"uid\":"
                                "\"u\"}}");
    delete = (KubeDelete){.ref = web, .resource_version = STR("7"), .is_dry_run = true};
    assert_int_equal(kube_call_delete(&call, &delete, &response, &diags), KUBE_DONE);
    check_str(script.last.body, "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\","
                                "\"propagationPolicy\":\"Foreground\",\"dryRun\":[\"All\"],"
                                "\"preconditions\":{\"resourceVersion\":\"7\"}}");
    kube_client_close(script.client);
}

/* After a broken connection a JSON patch or a POST might be done twice. */
static void repetition(void **) {
    static const KubeScriptRow lost[] = {{.transport = HTTP_LOST}, {200, "{}"}};
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    for (int kind = 0; kind < 5; kind++) {
        KubeScript script;
        KubeResponse response = {0};
        kube_script_open(&script, lost, ARRAY_COUNT(lost), NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        KubePatch patch = {.ref = web, .body = STR("[]"), .type = KUBE_PATCH_JSON};
        KubeApply apply = {.ref = web, .body = STR("{}")};
        KubeDelete delete = {.ref = web};
        KubeOutcome outcome = KUBE_FAILED;
        patch.is_repeatable = kind == 2;
        if (kind == 0)
            outcome = kube_call_create(&call, &web, STR("{}"), &response, &diags);
        else if (kind <= 2)
            outcome = kube_call_patch(&call, &patch, &response, &diags);
        else if (kind == 3)
            outcome = kube_call_apply(&call, &apply, &response, &diags);
        else
            outcome = kube_call_delete(&call, &delete, &response, &diags);
        assert_int_equal(outcome, kind < 2 ? KUBE_FAILED : KUBE_DONE);
        kube_client_close(script.client);
    }
}

#define STATUS(message) "{\"kind\":\"Status\",\"reason\":\"Conflict\",\"message\":\"" message "\"}"
#define OVERTAKEN       STATUS("Operation cannot be fulfilled: the object has been modified; try again")

/* Other clients change the object at each attempt; other conflicts are not repeated. */
static void overtaken(void **) {
    static const struct {
        KubeScriptRow rows[6];
        size_t attempts;
        KubeOutcome outcome;
    } cases[] = {
        {{{409, OVERTAKEN}, {409, OVERTAKEN}, {200, "{}"}}, 3, KUBE_DONE},
        {{{409, OVERTAKEN}, {409, OVERTAKEN}, {409, OVERTAKEN}, {409, OVERTAKEN}, {409, OVERTAKEN}},
         5,
         KUBE_CONFLICT},
        {{{409, STATUS("Precondition failed: UID in precondition: a")}}, 1, KUBE_CONFLICT},
        {{{409, OVERTAKEN}, {403, OVERTAKEN}}, 2, KUBE_FAILED},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    for (size_t i = 0; i < 2 * ARRAY_COUNT(cases); i++) {
        KubeScript script;
        KubeResponse response = {0};
        KubeApply apply = {.ref = web, .body = STR("{}"), .manager = STR("l")};
        KubeDelete delete = {.ref = web};
        kube_script_open(&script, cases[i / 2].rows, ARRAY_COUNT(cases[i / 2].rows), NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        KubeOutcome outcome = i % 2 ? kube_call_delete(&call, &delete, &response, &diags)
                                    : kube_call_apply(&call, &apply, &response, &diags);
        assert_int_equal(outcome, cases[i / 2].outcome);
        assert_int_equal(script.next, cases[i / 2].attempts);
        check_str(response.manager, i % 2 ? "" : "l");
        kube_client_close(script.client);
    }
}

UNIT_MAIN(test_kube_call) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(requests),
        cmocka_unit_test(repetition),
        cmocka_unit_test(overtaken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
