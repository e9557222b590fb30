/* Objects of the server as plans and states show them. */
#include "object_case.h"
#include "object_mark.h"
#include "object_view.h"

static KubeResource resource_of(const char *kind, bool has_status, Arena *arena) {
    KubeResource resource = {
        .version = STR("v1"), .kind = str_from_cstr(kind), .is_namespaced = true};
    if (has_status)
        vec_push(arena, &resource.subresources, STR("status"));
    return resource;
}

static const char live[] =
    "{\"metadata\":{\"name\":\"a\",\"uid\":\"u-1\",\"generation\":3,\"resourceVersion\":\"9\","
    "\"managedFields\":[{}],\"creationTimestamp\":\"t\",\"annotations\":{\"" OBJECT_MARK
    "\":\"l a\"}},\"spec\":{\"x\":1}}";

static void objects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value object = object_case(live, arena);
    KubeResource with = resource_of("A", true, arena), without = resource_of("A", false, arena);
    check_str(object_case_text(object_view_live(object, &without, arena), arena),
              "{metadata:{annotations:{loam.internal/owner:\"l "
              "a\"},creationTimestamp:\"t\",name:\"a\",uid:\"u-1\"},spec:{x:1}}");
    assert_true(
        value_is_null(value_attribute(object_view_live(object, &with, arena), STR("status"))));
    check_str(object_case_text(object_view_settings(object, arena), arena),
              "{metadata:{annotations:{loam.internal/owner:\"l a\"},name:\"a\"},spec:{x:1}}");
    check_str(object_case_text(object_view_manifest(object, arena), arena),
              "{metadata:{name:\"a\"},spec:{x:1}}");
}

/* A dry run invents what the server chooses at the apply. */
static void creations(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const struct {
        const char *kind;
        bool has_status;
        const char *result;
        const char *body;
        const char *planned;
    } cases[] = {
        {"ConfigMap", false, "{\"metadata\":{\"name\":\"a\",\"uid\":\"u\"},\"data\":{}}", "{}",
         "{data:{},metadata:{creationTimestamp:?,name:\"a\",uid:?}}"},
        {"Job", true,
         "{\"metadata\":{\"uid\":\"u-1\",\"labels\":{\"job\":\"u-1\",\"b\":\"c\"}},\"status\":{}}",
         "{}", "{metadata:{creationTimestamp:?,labels:{b:\"c\",job:?},uid:?},status:?}"},
        {"Service", false,
         "{\"metadata\":{},\"spec\":{\"clusterIP\":\"10.0.0.0\",\"clusterIPs\":[\"10.0.0.0\"],"
         "\"ports\":[{\"port\":1,\"nodePort\":2},{\"port\":3,\"nodePort\":4}]}}",
         "{\"spec\":{\"ports\":[{\"port\":1},{\"port\":3,\"nodePort\":4}]}}",
         "{metadata:{creationTimestamp:?,uid:?},spec:{clusterIP:?,clusterIPs:?,ports:[{nodePort:?,"
         "port:1},{nodePort:4,port:3}]}}"},
        {"Service", false, "{\"metadata\":{},\"spec\":{\"clusterIP\":\"None\"}}",
         "{\"spec\":{\"clusterIP\":\"None\"}}",
         "{metadata:{creationTimestamp:?,uid:?},spec:{clusterIP:\"None\"}}"},
        {"Pod", false, "{\"metadata\":{},\"spec\":{\"containers\":[{}],\"volumes\":[{}],\"x\":1}}",
         "{}", "{metadata:{creationTimestamp:?,uid:?},spec:{containers:?,volumes:?,x:1}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        KubeResource resource = resource_of(cases[i].kind, cases[i].has_status, arena);
        Value planned = object_view_created(object_case(cases[i].result, arena),
                                            object_case(cases[i].body, arena), &resource, arena);
        check_str(object_case_text(planned, arena), cases[i].planned);
    }
}

static void updates_and_fills(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeResource with = resource_of("A", true, arena);
    Value object =
        object_case("{\"metadata\":{},\"spec\":{\"x\":[1,2]},\"status\":{\"y\":1}}", arena);
    Value planned = object_view_updated(object, &with, arena);
    StrVec computed = {0};
    vec_push(arena, &computed, STR("spec.x"));
    vec_push(arena, &computed, STR("spec.absent.z"));
    vec_push(arena, &computed, STR("metadata.absent"));
    planned = object_view_unknown_at(planned, &computed, arena);
    check_str(object_case_text(planned, arena), "{metadata:{},spec:{x:?},status:?}");
    Value filled = object_view_fill(
        planned, object_case("{\"metadata\":{\"more\":1},\"spec\":{\"x\":[3],\"w\":1}}", arena),
        arena);
    check_str(object_case_text(filled, arena), "{metadata:{},spec:{x:[3]},status:null}");
    assert_true(value_is_wholly_known(filled));
    Str text = json_text(filled, arena);
    check_str(text, "{\"metadata\":{},\"spec\":{\"x\":[3]},\"status\":null}");
}

static void marks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value object = object_case("{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}", arena);
    Value marked =
        object_mark_set(object, object_mark_text(STR("lin"), STR("a[\"k k\"]"), arena), arena);
    ObjectMark mark = object_mark_of(marked);
    check_str(mark.lineage, "lin");
    check_str(mark.address, "a[\"k k\"]");
    check_str(object_case_text(object_mark_set(marked, STR_EMPTY, arena), arena),
              "{metadata:{annotations:{a:\"b\"}}}");
    check_str(object_case_text(object_mark_set_unknown(object, arena), arena),
              "{metadata:{annotations:{a:\"b\",loam.internal/owner:?}}}");
    check_str(object_mark_of(object).text, "");
}

static void without_paths(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value object = object_case(
        "{\"a\":{\"x\":1,\"y\":2},\"l\":[{\"n\":1,\"m\":2},{\"n\":2},{\"n\":3}]}", arena);
    static const char *const texts[] = {".a.x", ".l[0].m", ".l[1]", ".absent", ".a.x.y"};
    Paths paths = {0};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        vec_push(arena, &paths, path_parse(str_from_cstr(texts[i]), arena));
    check_str(object_case_text(object_view_without(object, &paths, arena), arena),
              "{a:{y:2},l:[{n:1},{n:3}]}");
}

UNIT_MAIN(test_object_view) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects),           cmocka_unit_test(creations),
        cmocka_unit_test(updates_and_fills), cmocka_unit_test(marks),
        cmocka_unit_test(without_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
