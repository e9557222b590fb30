/* Sets of fields: made up, and those of the recorded exchanges of a real server. */
#include "unit.h"

#include "../kube/kube_recorded.h"
#include "field_manager.h"

static Value parse(const char *json, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    if (!json_parse_any(str_from_cstr(json), &value, &error, &offset, arena))
        fail_msg("%s in %s", error, json);
    return value;
}

static const FieldSet *set_of(const char *json, Arena *arena) {
    const FieldSet *set = field_set_read(parse(json, arena), arena);
    assert_non_null(set);
    return set;
}

static Str paths_shown(const Paths *paths, Arena *arena) {
    StrVec texts = {0};
    vec_each(paths, path) {
        vec_push(arena, &texts, path_to_str(*path, arena));
    }
    return str_join(texts.items, texts.count, STR(" "), arena);
}

/* A Deployment with two containers; the autoscaler owns the replicas. */
static const char object_json[] =
    "{\"metadata\":{\"labels\":{\"app\":\"web\",\"team\":\"a\"},\"finalizers\":[\"x/one\",\"x/"
    "two\"],"
    "\"managedFields\":["
    "{\"manager\":\"loam\",\"operation\":\"Apply\",\"apiVersion\":\"apps/v1\",\"fieldsV1\":"
    "{\"f:metadata\":{\"f:labels\":{\"f:app\":{}},\"f:finalizers\":{\"v:\\\"x/one\\\"\":{}}},"
    "\"f:spec\":{\"f:paused\":{},\"f:selector\":{},\"f:strategy\":{\"f:type\":{}},"
    "\"f:containers\":{\"k:{\\\"name\\\":\\\"web\\\"}\":{\".\":{},\"f:name\":{},\"f:image\":{},"
    "\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:port\":{}}}},"
    "\"k:{\\\"name\\\":\\\"side\\\"}\":{\".\":{},\"f:name\":{},\"f:image\":{}}}}}},"
    "{\"manager\":\"hpa\",\"operation\":\"Update\",\"subresource\":\"scale\",\"fieldsV1\":"
    "{\"f:spec\":{\"f:replicas\":{}}}},"
    "{\"manager\":\"injector\",\"operation\":\"Apply\",\"fieldsV1\":"
    "{\"f:metadata\":{\"f:labels\":{\"f:team\":{},\"f:app\":{}}},\"f:spec\":{\"f:containers\":"
    "{\"k:{\\\"name\\\":\\\"side\\\"}\":{\"f:env\":{}}}}}}]},"
    "\"spec\":{\"paused\":false,\"replicas\":3,\"selector\":{\"a\":{\"b\":\"c\"}},"
    "\"strategy\":{\"type\":\"Recreate\"},\"containers\":["
    "{\"name\":\"side\",\"image\":\"s\",\"env\":[]},"
    "{\"name\":\"web\",\"image\":\"w\",\"ports\":[{\"port\":80,\"protocol\":\"TCP\"}]}]}}";

static Path path_of(const char *text, Arena *arena) {
    return path_parse(str_from_cstr(text), arena);
}

static void test_sole(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value object = parse(object_json, arena);
    FieldManagers managers = field_managers_read(object, arena);
    FieldManagers some = {0}, others = {0};
    Paths paths = {0};
    vec_each(&managers, manager)
        vec_push(arena, str_equal_cstr(manager->name, "loam") ? &others : &some, *manager);
    field_managers_sole(&some, &others, object, &paths, arena);
    check_str(paths_shown(&paths, arena),
              ".spec.replicas .spec.containers[0].env .metadata.labels.team");
    FieldManagers none = {0};
    Paths no_paths = {0};
    field_managers_sole(&none, &managers, object, &no_paths, arena);
    assert_int_equal(no_paths.count, 0);
}

/* A field goes as a whole if all its members do; members that belong to no set stay. */
static void test_sole_parts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const FieldSet none;
    const FieldSet *set =
        set_of("{\"f:metadata\":{\"f:labels\":{\"f:app\":{}}},\"f:spec\":{\"f:type\":{},"
               "\"f:strategy\":{\"f:type\":{}},\"f:items\":{\"k:{\\\"name\\\":\\\"a\\\"}\":"
               "{\".\":{},\"f:name\":{}},\"k:{\\\"name\\\":\\\"b\\\"}\":{\"f:image\":{}}}}}",
               arena);
    Value object =
        parse("{\"metadata\":{\"name\":\"n\",\"labels\":{\"app\":\"x\"}},\"spec\":{"
              "\"type\":\"t\",\"address\":\"10.0.0.1\",\"strategy\":{\"type\":\"r\"},"
              "\"items\":[{\"name\":\"a\",\"more\":1},{\"name\":\"b\",\"image\":\"i\"}]}}",
              arena);
    Paths paths = {0};
    field_set_paths_outside(set, &none, object, &paths, arena);
    check_str(paths_shown(&paths, arena),
              ".metadata.labels .spec.items[0] .spec.items[1].image .spec.strategy .spec.type");
}

static void test_algebra(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const FieldSet *a = set_of("{\"f:a\":{\".\":{},\"f:b\":{},\"f:c\":{}},\"f:d\":{}}", arena);
    const FieldSet *b = set_of("{\"f:a\":{\"f:b\":{}},\"f:e\":{}}", arena);
    check_str(field_set_text(field_set_union(a, b, arena), arena),
              "{\"f:a\":{\".\":{},\"f:b\":{},\"f:c\":{}},\"f:d\":{},\"f:e\":{}}");
    check_str(field_set_text(field_set_difference(a, b, arena), arena),
              "{\"f:a\":{\".\":{},\"f:c\":{}},\"f:d\":{}}");
    check_str(field_set_text(field_set_difference(b, a, arena), arena), "{\"f:e\":{}}");
    assert_true(field_set_is_empty(field_set_difference(a, a, arena)));
    static const char *const bad[] = {"[]",           "{\"x\":{}}",    "{\"g:x\":{}}",
                                      "{\"k:{\":{}}", "{\"k:[]\":{}}", "{\"i:x\":{}}",
                                      "{\"f:a\":1}",  "null"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_null(field_set_read(parse(bad[i], arena), arena));
}

static size_t check_recorded(Value object, Arena *arena) {
    Value entries;
    size_t count = 0;
    if (!kube_object_find(object, "metadata", "managedFields", &entries))
        return 0;
    FieldManagers managers = field_managers_read(object, arena);
    assert_int_equal(managers.count, entries.count);
    vec_each(&managers, manager) {
        Value fields;
        static const FieldSet none;
        Paths paths = {0};
        assert_true(value_find(value_at(entries, (size_t)(manager - managers.items)),
                               STR("fieldsV1"), &fields));
        Str text = field_set_text(manager->fields, arena);
        assert_true(value_equal(parse(str_to_cstr(text, arena), arena), fields));
        field_set_paths_outside(manager->fields, &none, object, &paths, arena);
        vec_each(&paths, path) {
            Value found;
            assert_true(path_get(object, *path, &found));
            count++;
        }
    }
    return count;
}

static void test_recorded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    size_t count = 0;
    vec_each(&all, one) {
        Value body;
        const char *error;
        size_t offset;
        if (one->code < 300 && json_parse_any(one->body, &body, &error, &offset, arena))
            count += check_recorded(body, arena);
    }
    assert_true(count > 20);
}

/* Fields of others, and those that the plan does not know, are not compared. */
static void test_compare(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const FieldSet *set = set_of(
        "{\"f:spec\":{\"f:a\":{},\"f:gone\":{},\"f:empty\":{},\"f:later\":{},\"f:atomic\":{},"
        "\"f:items\":{\"k:{\\\"name\\\":\\\"x\\\"}\":{\".\":{},\"f:name\":{},\"f:image\":{}},"
        "\"k:{\\\"name\\\":\\\"y\\\"}\":{\".\":{},\"f:name\":{}}}}}",
        arena);
    static const char planned_json[] =
        "{\"spec\":{\"a\":1,\"gone\":\"g\",\"empty\":{},\"later\":0,\"atomic\":[1,2],\"other\":1,"
        "\"items\":[{\"name\":\"x\",\"image\":\"i\"},{\"name\":\"y\"}]}}";
    static const char found_json[] =
        "{\"spec\":{\"a\":2,\"empty\":{\"more\":1},\"later\":5,\"atomic\":[2,1],\"other\":2,"
        "\"items\":[{\"name\":\"side\"},{\"name\":\"x\",\"image\":\"other\",\"more\":1}]}}";
    Value planned = path_set(parse(planned_json, arena), path_of(".spec.later", arena),
                             value_unknown(&TYPE_DYNAMIC), arena);
    FieldDifferences found = field_set_compare(set, planned, parse(found_json, arena), arena);
    StrBuf text = strbuf_new(arena);
    vec_each(&found, one)
        strbuf_add_format(&text, "%.*s %.*s %.*s\n", STR_ARG(path_to_str(one->path, arena)),
                          STR_ARG(json_text(one->planned, arena)),
                          STR_ARG(json_text(one->found, arena)));
    check_str(strbuf_str(&text), ".spec.a 1 2\n.spec.atomic [1,2] [2,1]\n.spec.gone \"g\" null\n"
                                 ".spec.items[0].image \"i\" \"other\"\n"
                                 ".spec.items[1] {\"name\":\"y\"} null\n");
    assert_int_equal(field_set_compare(set, planned, planned, arena).count, 0);
}

UNIT_MAIN(test_field_set) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sole),    cmocka_unit_test(test_sole_parts),
        cmocka_unit_test(test_algebra), cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
