/* Objects come, change and go; the store has the newest, finds groups, and does not grow. */
#include "arena_case.h"
#include "object_store.h"
#include "run.h"

static void add_stack_key(const void *object, StrVec *keys, Arena *to) {
    vec_push(to, keys, ((const Run *)object)->meta.labels.stack);
}

static void add_open_key(const void *object, StrVec *keys, Arena *to) {
    vec_push(to, keys, run_is_finished(object) ? STR_EMPTY : STR("open"));
}

/* Repeated keys count once. */
static void add_lane_keys(const void *object, StrVec *keys, Arena *to) {
    vec_each(&((const Run *)object)->spec.template.lanes, lane)
        vec_push(to, keys, *lane);
}

static int compare_priority(const void *one, const void *other) {
    return (int)(((const Run *)other)->spec.template.priority -
                 ((const Run *)one)->spec.template.priority);
}

static void trim(void *object, Arena *) {
    Run *run = object;
    if (run_is_finished(run))
        run->spec.template.text = STR("{}");
}

static const ObjectKind kind = {
    &run_record, {{add_stack_key}, {add_open_key}, {add_lane_keys, compare_priority}}, trim};

static Str json_of(int name, int stack, int version, const char *more) {
    return str_format(
        arena,
        "{\"metadata\":{\"namespace\":\"team\",\"name\":\"r%d\",\"uid\":\"u\","
        "\"resourceVersion\":\"%d\",\"labels\":{\"infra.loam.internal/stack\":\"s%d\"},"
        "\"managedFields\":[{\"manager\":\"loam\",\"fieldsV1\":{\"f:spec\":{}}}]},"
        "\"spec\":{\"template\":{\"path\":\"./a\"}},\"status\":{%s}}",
        name, version, stack, more);
}

static const Run *find(ObjectStore *store, int name) {
    return object_store_find(store, STR("team"), str_format(arena, "r%d", name));
}

static size_t count_of(ObjectStore *store, int stack) {
    size_t count = 0;
    Str group = str_format(arena, "s%d", stack);
    for (ObjectCursor at = {0}; object_store_next_of(store, 0, group, &at);)
        count++;
    return count;
}

static size_t open_count(ObjectStore *store) {
    size_t count = 0;
    for (ObjectCursor at = {0}; object_store_next_of(store, 1, STR("open"), &at);)
        count++;
    return count;
}

static void one_object(void **) {
    ObjectStore *store = object_store_open(&kind);
    assert_non_null(object_store_put(store, json_of(1, 1, 1, "")));
    assert_non_null(object_store_put(store, json_of(1, 2, 2, ""))); /* to another group */
    assert_null(object_store_put(store, STR("{\"metadata\":{}}")));
    assert_null(object_store_put(store, STR("[]")));
    assert_null(object_store_put(
        store,
        STR("{\"metadata\":{\"name\":\"r1\",\"namespace\":\"team\",\"generation\":\"x\"}}")));
    assert_int_equal(object_store_count(store), 1);
    check_str(find(store, 1)->meta.resource_version, "2");
    check_str(find(store, 1)->spec.template.path, "./a");
    assert_int_equal(count_of(store, 1), 0);
    assert_int_equal(count_of(store, 2), 1);
    object_store_put(store, json_of(1, 2, 3, "\"finishedAt\":\"2026-01-02T03:04:05Z\""));
    check_str(find(store, 1)->spec.template.text, "{}");
    assert_int_equal(open_count(store), 0);
    object_store_remove(store, STR("team"), STR("r1"));
    object_store_remove(store, STR("team"), STR("r1"));
    assert_null(find(store, 1));
    assert_int_equal(object_store_count(store), 0);
    assert_int_equal(count_of(store, 2), 0);
    object_store_close(store);
}

static void see(void *payload, const ObjectMeta *gone) {
    StrBuf *names = payload;
    strbuf_add(names, gone->name);
    strbuf_add_char(names, ' ');
}

static void lists(void **) {
    ObjectStore *store = object_store_open(&kind);
    StrBuf gone = strbuf_new(arena);
    for (int i = 0; i < 5; i++)
        object_store_put(store, json_of(i, 1, 1, ""));
    object_store_begin_list(store);
    object_store_put(store, json_of(1, 1, 1, ""));
    object_store_put(store, json_of(3, 1, 2, ""));
    object_store_put(store, json_of(7, 1, 1, ""));
    object_store_end_list(store, 2, see, &gone);
    check_str(strbuf_str(&gone), "r0 r2 r4 ");
    assert_int_equal(object_store_count(store), 3);
    assert_int_equal(count_of(store, 1), 3);
    object_store_close(store);
}

static void no_see(void *, const ObjectMeta *) {
}

/* The versions of a restored etcd are lower: an object that is made again there counts. */
static void older_list(void **) {
    ObjectStore *store = object_store_open(&kind);
    const ObjectMeta *meta;
    object_store_put(store, json_of(1, 1, 90, ""));
    object_store_put(store, json_of(2, 1, 95, ""));
    object_store_remove(store, STR("team"), STR("r2"));
    object_store_begin_list(store);
    object_store_end_list(store, 50, no_see, NULL);
    for (int i = 1; i <= 2; i++) {
        assert_true(object_store_put_newer(store, json_of(i, 1, 50, ""), &meta));
        assert_null(meta);
        assert_true(object_store_put_newer(store, json_of(i, 1, 51, ""), &meta));
        assert_non_null(meta);
    }
    object_store_close(store);
}

/* A response can arrive after the event of a newer version, or of the removal. */
static void newer(void **) {
    ObjectStore *store = object_store_open(&kind);
    const ObjectMeta *meta;
    for (int version = 9; version <= 11; version++) {
        assert_true(object_store_put_newer(store, json_of(1, 1, version, ""), &meta));
        assert_non_null(meta);
    }
    for (int version = 9; version <= 11; version++) {
        assert_true(object_store_put_newer(store, json_of(1, 1, version, ""), &meta));
        assert_null(meta);
    }
    check_str(find(store, 1)->meta.resource_version, "11");
    object_store_remove(store, STR("team"), STR("r1"));
    assert_true(object_store_put_newer(store, json_of(1, 1, 11, ""), &meta));
    assert_null(find(store, 1));
    assert_true(object_store_put_newer(store, json_of(1, 1, 12, ""), &meta));
    assert_non_null(find(store, 1));
    object_store_put(store, json_of(1, 1, 3, "")); /* the server was restored */
    check_str(find(store, 1)->meta.resource_version, "3");
    assert_false(object_store_put_newer(store, STR("{}"), &meta));
    object_store_close(store);
}

static Str lane_text(const ObjectStore *store, const char *lane) {
    StrBuf text = strbuf_new(arena);
    const Run *run;
    for (ObjectCursor at = {0}; (run = object_store_next_of(store, 2, str_from_cstr(lane), &at));) {
        strbuf_add(&text, run->meta.name);
        strbuf_add_char(&text, ' ');
    }
    return strbuf_str(&text);
}

static const ObjectMeta *put_in_lanes(ObjectStore *store, int name, int priority,
                                      const char *lanes) {
    return object_store_put(
        store, str_format(arena,
                          "{\"metadata\":{\"namespace\":\"team\",\"name\":\"r%d\"},\"spec\":{"
                          "\"template\":{\"lanes\":[%s],\"priority\":%d}}}",
                          name, lanes, priority));
}

/* An object may be in several groups, which are in order; the replaced one can be seen. */
static void ordered_groups(void **) {
    ObjectStore *store = object_store_open(&kind);
    const ObjectMeta *first = put_in_lanes(store, 1, 0, "\"a\",\"b\",\"a\"");
    assert_null(object_store_replaced(store, first));
    put_in_lanes(store, 3, 5, "\"a\"");
    put_in_lanes(store, 2, 5, "\"b\",\"a\"");
    check_str(lane_text(store, "a"), "r2 r3 r1 ");
    check_str(lane_text(store, "b"), "r2 r1 ");
    first = put_in_lanes(store, 1, 9, "\"a\"");
    assert_int_equal(((const Run *)object_store_replaced(store, first))->spec.template.lanes.count,
                     3);
    assert_null(object_store_replaced(store, &find(store, 2)->meta)); /* not the newest put */
    check_str(lane_text(store, "a"), "r1 r2 r3 ");
    check_str(lane_text(store, "b"), "r2 ");
    object_store_remove(store, STR("team"), STR("r2"));
    check_str(lane_text(store, "a"), "r1 r3 ");
    check_str(lane_text(store, "b"), "");
    assert_null(object_store_replaced(store, put_in_lanes(store, 2, 0, "")));
    object_store_close(store);
}

/* Random changes against an array. */
static void against_a_model(void **) {
    enum { NAMES = 60, STACKS = 7 };
    int version[NAMES] = {0}, stack[NAMES] = {0};
    uint64_t seed = 3;
    ObjectStore *store = object_store_open(&kind);
    for (int round = 1; round <= 30000; round++) {
        int at, group;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        at = (int)(seed >> 33) % NAMES;
        group = (int)(seed >> 45) % STACKS;
        if (round % 4 == 0) {
            object_store_remove(store, STR("team"), str_format(arena, "r%d", at));
            version[at] = 0;
        } else {
            assert_non_null(object_store_put(store, json_of(at, group, round, "")));
            version[at] = round;
            stack[at] = group;
        }
        if (round % 1000 == 0) {
            size_t living = 0, seen = 0, counts[STACKS] = {0};
            for (int i = 0; i < NAMES; i++) {
                const Run *run = find(store, i);
                assert_int_equal(run != NULL, version[i] != 0);
                if (!run)
                    continue;
                living++;
                counts[stack[i]]++;
                check_str_equal(run->meta.resource_version, str_format(arena, "%d", version[i]));
            }
            for (ObjectCursor cursor = {0}; object_store_next(store, &cursor);)
                seen++;
            assert_int_equal(object_store_count(store), living);
            assert_int_equal(seen, living);
            for (int i = 0; i < STACKS; i++)
                assert_int_equal(count_of(store, i), counts[i]);
            assert_int_equal(open_count(store), living);
            arena_reset(arena);
        }
    }
    object_store_close(store);
}

UNIT_MAIN(test_object_store) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_object),     cmocka_unit_test(lists),
        cmocka_unit_test(older_list),     cmocka_unit_test(newer),
        cmocka_unit_test(ordered_groups), cmocka_unit_test(against_a_model),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
