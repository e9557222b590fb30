/* Lists in pages, streams, gaps and failures: the store has what the server has. */
#include "informer.h"
#include "kube_script.h"
#include "lane.h"

#define LANE(name, version)                                                                        \
    "{\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"" version                          \
    "\"},\"spec\":{\"capacity\":1}}"
#define PAGE(version, next, items)                                                                 \
    "{\"metadata\":{\"resourceVersion\":\"" version "\",\"continue\":\"" next                      \
    "\"},\"items\":[" items "]}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"

static const KubeResource lanes = {.group = STR_CONST("infra.loam.internal"),
                                   .version = STR_CONST("v1alpha1"),
                                   .kind = STR_CONST("Lane"),
                                   .plural = STR_CONST("lanes")};
static const ObjectKind kind = {.record = &lane_record};

typedef struct Follower {
    uint32_t needless; /* how often the kind is not needed yet */
    StrBuf changes;    /* also calls of `synced` and `broken` */
    CancelToken *cancel;
    const char *last;   /* the name that ends the test */
    Informer *informer; /* set with the lock */
} Follower;

static void changed(void *payload, const KubeResource *, const ObjectMeta *meta) {
    Follower *follower = payload;
    strbuf_add_format(&follower->changes, "%.*s:%.*s ", STR_ARG(meta->name),
                      STR_ARG(meta->resource_version));
    if (str_equal_cstr(meta->name, "stale") && meta->deleted_ms == 0)
        informer_relist(follower->informer);
    if (str_equal_cstr(meta->name, follower->last))
        cancel_raise(follower->cancel, CANCEL_STOP);
}

static void synced(void *payload, const KubeResource *resource) {
    assert_ptr_equal(resource, &lanes);
    strbuf_add(&((Follower *)payload)->changes, STR("synced "));
}

static void broken(void *payload, const KubeResource *resource) {
    assert_ptr_equal(resource, &lanes);
    strbuf_add(&((Follower *)payload)->changes, STR("broken "));
}

static bool is_needed(void *payload, const KubeResource *) {
    return ((Follower *)payload)->needless-- == 0;
}

/* Runs the script until the lane of this name appears; returns the changes. */
static Str follow(KubeScript *script, const char *last, ObjectStore *store, uint32_t restarts) {
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    Follower follower = {3, strbuf_new(script->arena), cancel_open(), last, NULL};
    InformerOptions options = {
        .client = script->client,
        .cancel = follower.cancel,
        .resource = &lanes,
        .store = store,
        .lock = &lock,
        .changed = changed,
        .synced = synced,
        .broken = broken,
        .is_needed = is_needed,
        .payload = &follower,
        .page_size = 2,
    };
    pthread_mutex_lock(&lock);
    Informer *informer = follower.informer = informer_start(&options);
    pthread_mutex_unlock(&lock);
    assert_non_null(informer);
    while (cancel_level(follower.cancel) == CANCEL_NONE)
        sched_yield();
    assert_int_equal(informer_restarts(informer), restarts);
    informer_join(informer);
    cancel_close(follower.cancel);
    return strbuf_str(&follower.changes);
}

static void life(void **) {
    static const KubeScriptRow rows[] = {
        {200, PAGE("5", "next", LANE("a", "1") "," LANE("b", "2"))},
        {200, PAGE("5", "", LANE("c", "3"))},
        {200,
         EVENT("MODIFIED", LANE("a", "6")) EVENT("DELETED", LANE("b", "7"))
             EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"9\"}}"),
         .takes_ms = 300000},
        {200, EVENT("ERROR", "{\"kind\":\"Status\",\"code\":410}")},
        {200, PAGE("20", "", LANE("a", "6") "," LANE("d", "12"))}, /* c is gone */
        {200, EVENT("ADDED", LANE("z", "21"))},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectStore *store = object_store_open(&kind);
    KubeScript script;
    Str text;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    text = follow(&script, "z", store, 1);
    check_str(text, "a:1 b:2 c:3 synced a:6 b:7 broken a:6 d:12 c:3 synced z:21 ");
    assert_int_equal(object_store_count(store), 3);
    assert_null(object_store_find(store, STR_EMPTY, STR("c")));
    check_str(((const Lane *)object_store_find(store, STR_EMPTY, STR("a")))->meta.resource_version,
              "6");
    check_str(script.requests.items[0], "GET /apis/infra.loam.internal/v1alpha1/lanes?limit=2");
    check_str(script.requests.items[1],
              "GET /apis/infra.loam.internal/v1alpha1/lanes?limit=2&continue=next");
    for (size_t i = 2; i < 4; i++) { /* after its time, from the bookmark */
        Str wanted = i == 2 ? STR("resourceVersion=5") : STR("resourceVersion=9");
        assert_true(str_find(script.requests.items[i], wanted, 0) != SIZE_MAX);
    }
    object_store_close(store);
    kube_client_close(script.client);
}

/* A list that breaks off removes nothing, and is read again from its start. */
static void broken_list(void **) {
    static const KubeScriptRow rows[] = {
        {500, "{\"kind\":\"Status\",\"code\":500,\"message\":\"m\"}"},
        {200, "no JSON"},
        {200, PAGE("5", "next", LANE("a", "1"))},
        {410, "{\"kind\":\"Status\",\"code\":410,\"message\":\"expired\"}"},
        {200, PAGE("6", "", LANE("a", "1") ",{\"metadata\":{\"name\":7}}," LANE("z", "2"))},
        {.transport = HTTP_LOST}, /* perhaps, before the end is seen */
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectStore *store = object_store_open(&kind);
    KubeScript script;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    (void)follow(&script, "z", store, 0);
    assert_int_equal(object_store_count(store), 2);
    object_store_close(store);
    kube_client_close(script.client);
}

/* A store that lacks objects, because they were dropped, gets them although none of them changes.
 */
static void stale_store(void **) {
    static const KubeScriptRow rows[] = {
        {200, PAGE("5", "", LANE("a", "1"))},
        {200, EVENT("ADDED", LANE("stale", "6")) EVENT("MODIFIED", LANE("b", "7"))},
        {200, PAGE("7", "", LANE("a", "1") "," LANE("b", "7"))},
        {200, EVENT("ADDED", LANE("z", "8"))},
        {.transport = HTTP_LOST}, /* perhaps, before the end is seen */
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectStore *store = object_store_open(&kind);
    KubeScript script;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    check_str(follow(&script, "z", store, 1),
              "a:1 synced stale:6 broken a:1 b:7 stale:6 synced z:8 ");
    object_store_close(store);
    kube_client_close(script.client);
}

/* After a stream that broke or ended before its time, the server may have an older etcd: the store
 * shows it, with objects that are made again under a lower version. */
static void older_server(void **) {
    static const KubeScriptRow ways[] = {
        {.transport = HTTP_LOST},
        {.transport = HTTP_NO_CONNECTION},
        {200, "", .takes_ms = 290000},
        {410, "{\"kind\":\"Status\",\"code\":410,\"message\":\"expired\"}"},
        {504, "{\"kind\":\"Status\",\"code\":504,\"message\":\"Too large resource version\"}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
        KubeScriptRow rows[] = {
            {200, PAGE("90", "", LANE("a", "70") "," LANE("b", "89"))},
            {200, EVENT("MODIFIED", LANE("a", "91")) EVENT("ADDED", LANE("c", "92")),
             .takes_ms = 300000},
            ways[i],
            {500, "{\"kind\":\"Status\",\"code\":500,\"message\":\"m\"}"},
            {200, PAGE("75", "", LANE("a", "70"))},
            {200, EVENT("ADDED", LANE("c", "76")) EVENT("ADDED", LANE("z", "77"))},
            {.transport = HTTP_LOST}, /* perhaps, before the end is seen */
        };
        SCOPED(ArenaRef) arena = arena_open("test");
        ObjectStore *store = object_store_open(&kind);
        KubeScript script;
        kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
        check_str(follow(&script, "z", store, 1),
                  "a:70 b:89 synced a:91 c:92 broken a:70 b:89 c:92 synced c:76 z:77 ");
        assert_true(str_find(script.requests.items[5], STR("resourceVersion=75"), 0) != SIZE_MAX);
        for (size_t k = 0; k < script.waits.count; k++)
            assert_true(script.waits.items[k] <= 5000); /* decisions wait for the list */
        object_store_close(store);
        kube_client_close(script.client);
    }
}

/* A server without the kind has no objects of it. */
static void lost_kind(void **) {
    static const KubeScriptRow rows[] = {
        {200, PAGE("5", "", LANE("a", "1"))},
        {.transport = HTTP_LOST},
        {404, "404 page not found"},
        {200, PAGE("5", "", LANE("b", "1"))},
        {200, EVENT("ADDED", LANE("z", "8"))},
        {.transport = HTTP_LOST}, /* perhaps, before the end is seen */
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectStore *store = object_store_open(&kind);
    KubeScript script;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    check_str(follow(&script, "z", store, 1), "a:1 synced broken a:1 synced b:1 z:8 ");
    object_store_close(store);
    kube_client_close(script.client);
}

/* The server is not asked for a kind that it lacks and that no object refers to. */
static void absent_kind(void **) {
    static const KubeScriptRow rows[] = {
        {404, "404 page not found"},
        {200, PAGE("5", "", LANE("z", "1"))},
        {.transport = HTTP_LOST}, /* perhaps, before the end is seen */
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectStore *store = object_store_open(&kind);
    KubeScript script;
    const Clock *clock;
    kube_script_open(&script, rows, ARRAY_COUNT(rows), NULL, arena);
    clock = kube_client_io(script.client)->clock;
    int64_t began_ms = clock->monotonic_ms(clock->self);
    check_str(follow(&script, "z", store, 0), "synced z:1 ");
    assert_true(clock->monotonic_ms(clock->self) - began_ms >= 20000);
    object_store_close(store);
    kube_client_close(script.client);
}

UNIT_MAIN(test_informer) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life),        cmocka_unit_test(broken_list),
        cmocka_unit_test(stale_store), cmocka_unit_test(older_server),
        cmocka_unit_test(lost_kind),   cmocka_unit_test(absent_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
