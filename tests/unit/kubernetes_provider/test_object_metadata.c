/* The block `metadata`: conversions, IDs, generated names and places. */
#include "object_metadata.h"

#include "kubernetes_provider.h"
#include "object_builder.h"
#include "object_case.h"
#include "object_texts.h"

static Value item_case(const Schema *schema, const char *json, Arena *arena) {
    const Type *type = schema_implied_type(&schema_find_block(schema, STR("metadata"))->schema);
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = "";
    Value item;
    if (!json_read_typed(&reader, json_next(&reader), type, &item, &error, arena))
        fail_msg("%s: %s", json, error);
    return item;
}

/* The state has the keys of the configuration; an import all that users set. */
static void live_objects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value item =
        item_case(&kubernetes_config_map.schema,
                  "{\"name\":\"a\",\"generate_name\":\"\",\"labels\":{\"x\":\"1\",\"gone\":"
                  "\"2\"}}",
                  arena);
    Value live = object_case(
        "{\"metadata\":{\"name\":\"a\",\"namespace\":\"n\",\"uid\":\"u\",\"resourceVersion\":\"7\","
        "\"labels\":{\"x\":\"3\",\"y\":\"4\",\"kubernetes.io/metadata.name\":\"a\","
        "\"app.kubernetes.io/name\":\"b\"},\"annotations\":{\"loam.internal/owner\":\"l a\"}}}",
        arena);
    check_str(object_case_text(object_metadata_live(item, live, false, arena), arena),
              "{annotations:null,generate_name:null,generation:0,labels:{x:\"3\"},name:\"a\","
              "namespace:\"n\",resource_version:\"7\",uid:\"u\"}");
    check_str(
        object_case_text(object_metadata_live(item, live, true, arena), arena),
        "{annotations:null,generate_name:null,generation:0,labels:{app.kubernetes.io/name:"
        "\"b\",x:\"3\",y:\"4\"},name:\"a\",namespace:\"n\",resource_version:\"7\",uid:\"u\"}");
    check_str(object_case_text(object_metadata_manifest(item, arena), arena),
              "{labels:{gone:\"2\",x:\"1\"},name:\"a\"}");
}

static void ids(void **) {
    static const struct {
        const char *id;
        bool is_namespaced;
        const char *wanted; /* key, or the problem */
    } cases[] = {
        {"n/a", true, "/ConfigMap/n/a"},
        {"a", false, "/ConfigMap//a"},
        {"apiVersion=v1,kind=ConfigMap,namespace=n,name=a", true, "/ConfigMap/n/a"},
        {"a", true, "The ID is \"NAMESPACE/NAME\"."},
        {"/a", true, "The ID is \"NAMESPACE/NAME\"."},
        {"n/", true, "The ID is \"NAMESPACE/NAME\"."},
        {"n/a/b", true, "The ID is \"NAMESPACE/NAME\"."},
        {"", false, "The ID is the name."},
        {"n/a", false, "The ID is the name."},
        {"apiVersion=v1,kind=Secret,namespace=n,name=a", true,
         "The ID names an object of kind \"Secret\", but the resource is a \"ConfigMap\"."},
        {"apiVersion=x/v1,kind=ConfigMap,namespace=n,name=a", true,
         "The ID names an object of kind \"ConfigMap\", but the resource is a \"ConfigMap\"."},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectKey kind = {.version = STR("v1"), .kind = STR("ConfigMap")}, key;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str problem = STR_EMPTY;
        bool is_valid = object_metadata_parse_id(str_from_cstr(cases[i].id), &kind,
                                                 cases[i].is_namespaced, &key, &problem, arena);
        check_str(is_valid ? object_key_text(&key, arena) : problem, cases[i].wanted);
    }
}

static void generated_names(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Call call = {.arena = arena, .lineage = STR("l"), .address = STR("a"), .generation = 1};
    Str name = object_metadata_generated(&call, STR("web-"));
    assert_int_equal(name.len, 9);
    check_str(object_metadata_generated(&call, STR("web-")), str_to_cstr(name, arena));
    call.generation = 2;
    assert_false(str_equal(object_metadata_generated(&call, STR("web-")), name));
}

static void places(void **) {
    static const struct {
        const char *path;
        const char *wanted;
    } cases[] = {
        {".metadata.labels.a", ".metadata[0].labels[\"a\"]"},
        {".metadata.labels", ".metadata[0].labels"},
        {".metadata.name", ".metadata[0].name"},
        {".metadata.unknown", ".metadata[0]"},
        {".metadata", ".metadata[0]"},
        {".binaryData.k", ".binary_data[\"k\"]"},
        {".data[\"k\"]", ".data[\"k\"]"},
        {".data.a.b", ".data"},
        {".immutable", ".immutable"},
        {".spec.replicas", ""},
        {"", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Path path = path_parse(str_from_cstr(cases[i].path), arena);
        path = object_metadata_path(&kubernetes_config_map.schema, path, arena);
        check_str(path_to_str(path, arena), cases[i].wanted);
    }
    Path secret = path_parse(STR(".data.k"), arena);
    check_str(path_to_str(object_metadata_path(&kubernetes_secret.schema, secret, arena), arena),
              ".data");
}

static void texts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value plain = object_case("{\"a\":\"x\",\"b\":null,\"c\":\"\"}", arena);
    Value encoded = object_texts_encode(plain, arena);
    check_str(object_case_text(encoded, arena), "{a:\"eA==\",c:\"\"}");
    check_str(object_case_text(object_texts_decode(encoded, arena), arena), "{a:\"x\",c:\"\"}");
    check_str(object_texts_check_base64(encoded, arena), "");
    Str problem = object_texts_check_base64(object_case("{\"k\":\"hush!\"}", arena), arena);
    assert_true(str_find(problem, STR("\"k\""), 0) != SIZE_MAX);
    assert_true(str_find(problem, STR("hush"), 0) == SIZE_MAX);
    Value none = value_null(&TYPE_MAP_OF_STRING);
    assert_true(value_is_null(object_texts_union(none, none, arena)));
    Value other = object_texts_encode(object_case("{\"a\":\"y\",\"d\":\"z\"}", arena), arena);
    check_str(object_case_text(object_texts_union(encoded, other, arena), arena),
              "{a:\"eQ==\",c:\"\",d:\"eg==\"}");
    assert_false(
        value_is_known(object_texts_union(encoded, value_unknown(&TYPE_MAP_OF_STRING), arena)));
}

UNIT_MAIN(test_object_metadata) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_objects), cmocka_unit_test(ids),   cmocka_unit_test(generated_names),
        cmocka_unit_test(places),       cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
