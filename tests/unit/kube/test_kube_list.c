/* Pages, and snapshots that expire in the middle. */
#include "kube_script.h"

#include "kube_list.h"
#include "kube_object.h"

#define FIRST                                                                                      \
    "{\"items\":[{\"metadata\":{\"name\":\"a\"}}],\"metadata\":{\"continue\":\"t/"                 \
    "1\",\"resourceVersion\":\"5\"}}"
#define SECOND                                                                                     \
    "{\"items\":[{\"metadata\":{\"name\":\"b\"}}],\"metadata\":{\"resourceVersion\":\"5\"}}"
#define GONE "{\"kind\":\"Status\",\"reason\":\"Expired\"}"

static const KubeResource config_maps = KUBE_CORE_RESOURCE("ConfigMap", "configmaps");

typedef struct Row {
    KubeScriptRow rows[8];
    size_t attempts;
    KubeOutcome outcome;
    size_t count;
} Row;

static const Row rows[] = {
    {{{200, FIRST}, {200, SECOND}}, 2, KUBE_DONE, 2},
    {{{200, FIRST}, {410, GONE}, {200, FIRST}, {200, SECOND}}, 4, KUBE_DONE, 2},
    {{{200, FIRST}, {410, GONE}, {200, SECOND}}, 3, KUBE_DONE, 1},
    /* A server whose snapshots expire at once. */
    {{{200, FIRST}, {410, GONE}, {200, FIRST}, {410, GONE}, {200, FIRST}, {410, GONE}},
     6,
     KUBE_FAILED,
     1},
    {{{200, FIRST}, {403, GONE}}, 2, KUBE_FAILED, 1},
    {{{200, FIRST}, {200, "no JSON"}}, 2, KUBE_FAILED, 1},
    {{{200, "{\"items\":null}"}}, 1, KUBE_DONE, 0},
    {{{200, "[]"}}, 1, KUBE_FAILED, 0},
};

static void pages(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        KubeScript script;
        KubeList list;
        KubeResponse response;
        Diags diags = diags_new(arena);
        KubeListRequest request = {.ref = {.resource = &config_maps, .namespace = STR("n")}};
        kube_script_open(&script, rows[i].rows, ARRAY_COUNT(rows[i].rows), NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        assert_int_equal(kube_list_read(&call, &request, &list, &response, &diags),
                         rows[i].outcome);
        assert_int_equal(list.items.count, rows[i].count);
        assert_int_equal(script.next, rows[i].attempts);
        if (rows[i].count == 2) {
            check_str(script.requests.items[0], "GET /api/v1/namespaces/n/configmaps?limit=500");
            check_str(vec_last(&script.requests),
                      "GET /api/v1/namespaces/n/configmaps?limit=500&continue=t%2F1");
            check_str(list.resource_version, "5");
            check_str(kube_object_text(list.items.items[1], "", "kind"), "ConfigMap");
            check_str(kube_object_text(list.items.items[1], "", "apiVersion"), "v1");
        }
        kube_client_close(script.client);
    }
}

UNIT_MAIN(test_kube_list) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
