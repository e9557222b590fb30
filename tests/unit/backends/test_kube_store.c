/* Names, labels and contents of the objects. */
#include "scripted_http.h"

#include "kube_object.h"
#include "kube_store.h"

typedef struct Row {
    const char *workspace;
    const char *suffix;
    const char *secret; /* NULL: rejected */
} Row;

static const Row rows[] = {
    {"default", "state", "tfstate-default-state"},
    {"a.b-c", "x-y.z", "tfstate-a.b-c-x-y.z"},
    {"default", "state-1", NULL},
    {"default", "1", "tfstate-default-1"},
    {"Default", "state", NULL},
    {"a_b", "state", NULL},
    {"a.", "state", NULL},
    {"default", "state-", NULL},
    {"default", "", NULL},
    {"default", "a-234567890123456789012345678901234567890123456789012345678901234", NULL},
};

static void names(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        KubeStore store = {.workspace = str_from_cstr(rows[i].workspace),
                           .suffix = str_from_cstr(rows[i].suffix)};
        assert_int_equal(kube_store_name(&store, arena, &diags), rows[i].secret != NULL);
        assert_int_equal(diags.error_count, rows[i].secret == NULL);
        if (rows[i].secret)
            check_str(store.secret, rows[i].secret);
    }
}

static void objects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    KubeStore store = {.workspace = STR("w"), .suffix = STR("s"), .space = STR("n")};
    Str bytes;
    store.labels = value_null(&TYPE_DYNAMIC);
    assert_true(kube_store_name(&store, arena, &diags));
    Value secret = kube_store_new(&store, KUBE_SECRET, store.secret, KUBE_STATE, arena);
    check_str(kube_object_text(secret, "metadata.labels", "tfstateWorkspace"), "w");
    check_str(kube_object_text(secret, "metadata.labels", "app.kubernetes.io/managed-by"),
              "terraform");
    check_str(kube_object_text(secret, "metadata.annotations", "encoding"), "gzip");
    secret = kube_store_with_data(secret, "tfstate", STR("\1\2"), arena);
    check_str(kube_object_text(secret, "data", "tfstate"), "AQI=");
    assert_true(kube_store_data(secret, "tfstate", &bytes, arena));
    check_str_equal(bytes, STR("\1\2"));
    assert_false(kube_store_data(secret, "other", &bytes, arena));
    Value journal = kube_store_new(&store, KUBE_SECRET, store.journal, KUBE_JOURNAL, arena);
    check_str(kube_object_text(journal, "metadata.labels", "tfstate"), "");
    check_str(kube_store_selector(&store, KUBE_JOURNAL, arena),
              "loam-journal-suffix=s,loam-journal-workspace=w");
}

#define FIRST_PAGE  "{\"items\":[{\"n\":1}],\"metadata\":{\"continue\":\"t\"}}"
#define SECOND_PAGE "{\"items\":[{\"n\":2}],\"metadata\":{}}"
#define GONE        "{\"kind\":\"Status\",\"reason\":\"Expired\"}"

typedef struct Listing {
    ScriptedAnswer answers[8];
    size_t answer_count;
    KubeOutcome status;
    size_t item_count;
} Listing;

static const Listing listings[] = {
    {{{200, FIRST_PAGE}, {200, SECOND_PAGE}}, 2, KUBE_DONE, 2},
    /* The server no longer has the list's resource version: the list starts again. */
    {{{200, FIRST_PAGE}, {410, GONE}, {200, FIRST_PAGE}, {200, SECOND_PAGE}}, 4, KUBE_DONE, 2},
    {{{200, FIRST_PAGE}, {410, GONE}, {200, SECOND_PAGE}}, 3, KUBE_DONE, 1},
    /* Every list request gets this response. */
    {{{200, FIRST_PAGE},
      {410, GONE},
      {200, FIRST_PAGE},
      {410, GONE},
      {200, FIRST_PAGE},
      {410, GONE}},
     6,
     KUBE_FAILED,
     1},
    {{{200, FIRST_PAGE}, {403, GONE}}, 2, KUBE_FAILED, 1},
};

static void lists(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(listings); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const Listing *row = &listings[i];
        ScriptedHttp script = {.answers = row->answers, .count = row->answer_count};
        Io io = scripted_http_io(&script, arena);
        KubeStore store = {.space = STR("n"), .target = {.server = STR("http://k")}};
        store.client = kube_client_open(&io, &store.target, NULL);
        KubeObjects items = {0};
        KubeResult answer;
        assert_int_equal(kube_store_list_secrets(&store, STR("a=b"), &items, &answer, arena),
                         row->status);
        assert_int_equal(items.count, row->item_count);
        assert_int_equal(script.next, row->answer_count);
        if (row->status == KUBE_FAILED)
            assert_true(str_find(answer.problem, STR("Expired"), 0) != SIZE_MAX);
        kube_client_close(store.client);
    }
}

UNIT_MAIN(test_kube_store) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(objects),
        cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
