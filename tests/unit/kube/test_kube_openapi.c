/* Which documents a client reads, and how often. */
#include "kube_openapi.h"
#include "kube_script.h"

#define INDEX                                                                                      \
    "{\"paths\":{\"api/v1\":{\"serverRelativeURL\":\"/openapi/v3/api/v1?hash=A\"},"                \
    "\"apis/g/v1\":{\"serverRelativeURL\":\"/openapi/v3/apis/g/v1?hash=B\"},"                      \
    "\"apis/away/v1\":{\"serverRelativeURL\":\"https://elsewhere/\"}}}"
#define DOCUMENT(group, kind)                                                                      \
    "{\"components\":{\"schemas\":{\"a\":{\"type\":\"object\",\"properties\":{\"size\":{}},"       \
    "\"x-kubernetes-group-version-kind\":[{\"group\":\"" group                                     \
    "\",\"version\":\"v1\",\"kind\":\"" kind "\"}]}}}}"

static bool find(KubeScript *script, KubeOpenapi *openapi, const char *version, const char *kind) {
    KubeCall call = {.client = script->client, .arena = script->arena};
    KubeSchema schema;
    return kube_openapi_find(openapi, &call, str_from_cstr(version), str_from_cstr(kind), &schema);
}

static void reads_few_documents(void **) {
    static const KubeScriptRow rows[] = {
        {200, INDEX}, {200, DOCUMENT("g", "Widget")}, {200, DOCUMENT("", "Service")}};
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(KubeOpenapiRef) openapi = kube_openapi_open();
    KubeScript script;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    assert_true(find(&script, openapi, "g/v1", "Widget"));
    assert_true(find(&script, openapi, "g/v1", "Widget"));
    assert_false(find(&script, openapi, "g/v1", "Gadget"));
    assert_false(find(&script, openapi, "g/v2", "Widget"));
    assert_false(find(&script, openapi, "away/v1", "Widget"));
    assert_true(find(&script, openapi, "v1", "Service"));
    assert_int_equal(script.next, 3);
    check_str(script.requests.items[0], "GET /openapi/v3");
    check_str(script.requests.items[1], "GET /openapi/v3/apis/g/v1?hash=B");
    check_str(script.requests.items[2], "GET /openapi/v3/api/v1?hash=A");
    kube_client_close(script.client);
}

/* A user who may not read them, and an old server, have no schemas; this is asked once. */
static void rejected(void **) {
    static const KubeScriptRow forbidden[] = {{403, "{\"kind\":\"Status\"}"}};
    static const KubeScriptRow half[] = {
        {200, INDEX},
        {404, "404 page not found"},
        {404, "404 page not found"} /* without the hash of the index */
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(KubeOpenapiRef) none = kube_openapi_open();
    SCOPED(KubeOpenapiRef) without = kube_openapi_open();
    KubeScript script;
    kube_script_open(&script, forbidden, ARRAY_COUNT(forbidden), NULL, arena);
    assert_false(find(&script, none, "g/v1", "Widget"));
    assert_false(find(&script, none, "v1", "Service"));
    assert_int_equal(script.next, 1);
    kube_client_close(script.client);
    kube_script_open(&script, half, ARRAY_COUNT(half), NULL, arena);
    assert_false(find(&script, without, "g/v1", "Widget"));
    assert_false(find(&script, without, "g/v1", "Gadget"));
    assert_int_equal(script.next, 3);
    kube_client_close(script.client);
}

UNIT_MAIN(test_kube_openapi) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_few_documents),
        cmocka_unit_test(rejected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
