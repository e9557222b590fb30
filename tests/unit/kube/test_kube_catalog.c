/* Discovery documents in their three forms, recorded; and suggestions. */
#include "kube_recorded.h"

#include "kube_catalog.h"

static Value parse(Str text, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(text, &value, &error, &offset, arena));
    return value;
}

static KubeCatalogForm add(KubeCatalog *catalog, const KubeRecordedVec *all, const char *name,
                           Arena *arena) {
    return kube_catalog_add(catalog, parse(kube_recorded_find(all, name)->body, arena));
}

static void forms(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    KubeCatalog one = kube_catalog_new(arena);
    KubeCatalog other = kube_catalog_new(arena);
    assert_int_equal(add(&one, &all, "discovery-v2-core", arena), KUBE_CATALOG_AGGREGATED);
    assert_int_equal(add(&one, &all, "discovery-v2-groups", arena), KUBE_CATALOG_AGGREGATED);
    assert_int_equal(add(&other, &all, "discovery-legacy-groups", arena), KUBE_CATALOG_VERSIONS);
    assert_int_equal(add(&other, &all, "discovery-legacy-apps", arena), KUBE_CATALOG_RESOURCES);
    assert_int_equal(add(&other, &all, "version", arena), KUBE_CATALOG_OTHER);
    assert_int_equal(other.versions.count, 21);
    assert_true(map_has(&one.versions, STR("v1")));

    const KubeResource *found = kube_catalog_find(&one, STR("v1"), STR("Namespace"));
    assert_non_null(found);
    check_str(found->plural, "namespaces");
    assert_false(found->is_namespaced);
    /* Both forms have the same resources of apps/v1. */
    static const char *const kinds[] = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet",
                                        "ControllerRevision"};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const KubeResource *a = kube_catalog_find(&one, STR("apps/v1"), str_from_cstr(kinds[i]));
        const KubeResource *b = kube_catalog_find(&other, STR("apps/v1"), str_from_cstr(kinds[i]));
        assert_non_null(a);
        assert_non_null(b);
        check_str_equal(a->plural, b->plural);
        assert_int_equal(a->verbs, b->verbs);
        assert_int_equal(a->subresources.count, b->subresources.count);
        assert_true(a->is_namespaced && b->is_namespaced);
    }
    assert_null(kube_catalog_find(&one, STR("apps/v1"), STR("Scale")));
}

static void suggestions(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    KubeCatalog catalog = kube_catalog_new(arena);
    assert_int_equal(add(&catalog, &all, "discovery-v2-core", arena), KUBE_CATALOG_AGGREGATED);
    assert_int_equal(add(&catalog, &all, "discovery-v2-groups", arena), KUBE_CATALOG_AGGREGATED);
    check_str(kube_catalog_explain(&catalog, STR("apps/v1"), STR("Deploymnt"), arena),
              "the server has no kind \"Deploymnt\" in \"apps/v1\"; the nearest name is "
              "\"Deployment\" in \"apps/v1\"");
    check_str(kube_catalog_explain(&catalog, STR("extensions/v1beta1"), STR("Ingress"), arena),
              "the server has no kind \"Ingress\" in \"extensions/v1beta1\"; it has one in "
              "\"networking.k8s.io/v1\"");
    check_str(kube_catalog_explain(&catalog, STR("x/v1"), STR("Qqqqqqqq"), arena),
              "the server has no kind \"Qqqqqqqq\" in \"x/v1\"");
}

/* Documents of broken servers do not stop the rest. */
static void broken(void **) {
    static const char *const documents[] = {
        ("{\"kind\":\"APIGroupDiscoveryList\",\"items\":[null,{},{\"metadata\":{\"name\":7},"
         "\"versions\":[{\"resources\":[{\"verbs\":[1]}]}]}]}"),
        "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"a/b\"},{\"kind\":\"K\"}]}",
        "{\"kind\":\"APIGroupList\",\"groups\":[{\"versions\":[{}]},7]}",
        "{\"kind\":\"APIVersions\",\"versions\":[1,null]}",
        "[]",
        "7",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeCatalog catalog = kube_catalog_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(documents); i++)
        (void)kube_catalog_add(&catalog, parse(str_from_cstr(documents[i]), arena));
    kube_catalog_add_stale(&catalog, STR("down/v1"));
    const KubeCatalogVersion *version = map_find(&catalog.versions, STR("down/v1"));
    assert_true(version->is_stale);
}

UNIT_MAIN(test_kube_catalog) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
