/* Manifests as bodies of a server-side apply. */
#include "object_body.h"
#include "object_case.h"

static const KubeResource config_maps = {
    .version = STR_CONST("v1"), .kind = STR_CONST("ConfigMap"), .is_namespaced = true};
static const KubeResource secrets = {
    .version = STR_CONST("v1"), .kind = STR_CONST("Secret"), .is_namespaced = true};
static const KubeResource nodes = {.version = STR_CONST("v1"), .kind = STR_CONST("Node")};

static void bodies(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeResource with_status = config_maps;
    vec_push(arena, &with_status.subresources, STR("status"));
    const struct {
        const KubeResource *resource;
        const char *manifest;
        const char *body;
    } cases[] = {
        {&config_maps,
         "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":null}}",
         "{data:{},kind:\"ConfigMap\",metadata:{name:\"a\",namespace:\"x\"}}"},
        {&nodes, "{\"metadata\":{\"name\":\"a\",\"namespace\":\"y\"}}", "{metadata:{name:\"a\"}}"},
        {&config_maps,
         "{\"metadata\":{\"uid\":\"1\",\"resourceVersion\":\"2\",\"managedFields\":[],"
         "\"creationTimestamp\":\"3\",\"labels\":{\"a\":\"b\"}}}",
         "{metadata:{labels:{a:\"b\"},namespace:\"x\"}}"},
        {&config_maps, "{\"status\":{\"a\":1}}", "{metadata:{namespace:\"x\"},status:{a:1}}"},
        {&with_status, "{\"status\":{\"a\":1}}", "{metadata:{namespace:\"x\"}}"},
        {&secrets,
         "{\"data\":{\"a\":\"eA==\",\"b\":\"eA==\"},\"stringData\":{\"a\":\"y\",\"c.d\":\"\"}}",
         "{data:{a:\"eQ==\",b:\"eA==\",c.d:\"\"},metadata:{namespace:\"x\"}}"},
        {&config_maps, "{\"a\":[1,{\"b\":null},[true]]}",
         "{a:[1,{},[true]],metadata:{namespace:\"x\"}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        KubeRef ref = {.resource = cases[i].resource, .namespace = STR("x"), .name = STR("a")};
        Value body = object_body_make(object_case(cases[i].manifest, arena), &ref, arena);
        check_str(object_case_text(body, arena), cases[i].body);
    }
}

/* Maps and lists of a configuration become objects and tuples. */
static void typed_collections(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str *keys = arena_new_array(arena, Str, 1);
    Value *items = arena_new_array(arena, Value, 1);
    keys[0] = STR("k");
    items[0] = value_from_cstr("v");
    Value map = value_map(&TYPE_STRING, keys, items, 1, arena);
    Str *names = arena_new_array(arena, Str, 1);
    Value *members = arena_new_array(arena, Value, 1);
    names[0] = STR("data");
    members[0] = map;
    KubeRef ref = {.resource = &nodes, .name = STR("a")};
    Value body = object_body_make(value_object(names, members, 1, arena), &ref, arena);
    Value data = value_attribute(body, STR("data"));
    assert_int_equal(data.type->kind, KIND_OBJECT);
}

#define SECRET "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"},"

static void checks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"[]", ".m"},
        {"{\"kind\":\"a\",\"metadata\":{\"name\":\"x\"}}", ".m.apiVersion"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"\"}", ".m.kind"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"a\"}", ".m.metadata"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"a\",\"metadata\":{}}", ".m.metadata.name"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"a\",\"metadata\":{\"name\":\"x\",\"generateName\":"
         "\"y\"}}",
         ".m.metadata.generateName"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"a\",\"metadata\":{\"name\":\"x\"}}", NULL},
        {SECRET "\"data\":{\"a\":\"eA==\",\"k\":\"x!\"}}", ".m.data"},
        {SECRET "\"data\":{\"k\":{\"a\":1}}}", ".m.data"},
        {SECRET "\"stringData\":{\"a\":\"x!\",\"k\":8080}}", ".m.stringData"},
        {SECRET
         "\"data\":{\"k\":\"eHh4\\neHg=\\n\",\"l\":null,\"m\":\"\"},\"stringData\":{\"k\":\"!\"}}",
         NULL},
        {SECRET "\"data\":null}", NULL},
    };
    Path at = path_attribute((Path){0}, STR("m"), arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        bool is_valid = object_body_check(object_case(cases[i][0], arena), at, arena, &diags);
        assert_int_equal(is_valid, cases[i][1] == NULL);
        assert_int_equal(diags.error_count, is_valid ? 0 : 1);
        if (!is_valid)
            check_str(diags.items[0].path, cases[i][1]);
    }
}

static void unknowns_are_valid(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Value manifest = object_case("{\"apiVersion\":\"\",\"kind\":\"\",\"metadata\":{}}", arena);
    Value *items = value_copy_items(manifest, arena);
    for (size_t i = 0; i < manifest.count; i++)
        items[i] = value_unknown(&TYPE_STRING);
    Str *names = arena_new_array(arena, Str, manifest.count);
    for (size_t i = 0; i < manifest.count; i++)
        names[i] = value_key_at(manifest, i);
    Value unknown = value_object(names, items, manifest.count, arena);
    assert_true(object_body_check(unknown, (Path){0}, arena, &diags));
    assert_true(object_body_check(value_unknown(&TYPE_DYNAMIC), (Path){0}, arena, &diags));
}

static void inclusion(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *body;
        const char *live;
        bool is_in;
    } cases[] = {
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", true},
        {"{\"a\":1}", "{\"a\":2}", false},
        {"{\"a\":{\"b\":[{}]}}", "{\"a\":{\"b\":[{\"c\":1}]}}", true},
        {"{\"a\":[1]}", "{\"a\":[1,2]}", false},
        {"{\"a\":\"1\"}", "{\"a\":1}", false},
        {"{\"a\":{}}", "{\"a\":[]}", false},
        {"{\"a\":1}", "null", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(
            object_body_is_in(object_case(cases[i].body, arena), object_case(cases[i].live, arena)),
            cases[i].is_in);
}

UNIT_MAIN(test_object_body) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies),    cmocka_unit_test(typed_collections),
        cmocka_unit_test(checks),    cmocka_unit_test(unknowns_are_valid),
        cmocka_unit_test(inclusion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
