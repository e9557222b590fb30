/* Removed versions and fields. tests/kube/flux plans manifests with them. */
#include "object_case.h"
#include "removed_shape.h"

static Str version_of(const char *group, const char *version, const char *kind, Arena *arena) {
    ObjectKey key = {
        .group = str_from_cstr(group),
        .version = str_from_cstr(version),
        .kind = str_from_cstr(kind),
    };
    return removed_shape_version_problem(&key, arena);
}

static void versions(void **) {
    static const struct {
        const char *group;
        const char *version;
        const char *kind;
        const char *now; /* NULL: not removed */
    } cases[] = {
        {"source.toolkit.fluxcd.io", "v1beta1", "GitRepository", "source.toolkit.fluxcd.io/v1\""},
        {"source.toolkit.fluxcd.io", "v1", "GitRepository", NULL},
        {"helm.toolkit.fluxcd.io", "v2beta1", "HelmRelease", "helm.toolkit.fluxcd.io/v2\""},
        {"helm.fluxcd.io", "v1", "HelmRelease", "helm.toolkit.fluxcd.io/v2\""},
        {"notification.toolkit.fluxcd.io", "v1beta3", "Alert", NULL},
        {"notification.toolkit.fluxcd.io", "v1beta3", "Receiver",
         "notification.toolkit.fluxcd.io/v1\""},
        {"notification.toolkit.fluxcd.io", "v1beta2", "Alert",
         "notification.toolkit.fluxcd.io/v1beta3\""},
        {"extensions", "v1beta1", "Ingress", "networking.k8s.io/v1\""},
        {"extensions", "v1beta1", "Deployment", "apps/v1\""},
        {"apps", "v1", "Deployment", NULL},
        {"example.com", "v1beta1", "GitRepository", NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = version_of(cases[i].group, cases[i].version, cases[i].kind, arena);
        assert_int_equal(text.len > 0, cases[i].now != NULL);
        assert_true(!cases[i].now || str_find(text, str_from_cstr(cases[i].now), 0) != SIZE_MAX);
    }
}

static void fields(void **) {
    static const struct {
        const char *manifest;
        const char *path; /* of the first field; empty: none */
        size_t count;
    } cases[] = {
        {"{\"apiVersion\":\"source.toolkit.fluxcd.io/v1\",\"kind\":\"GitRepository\",\"spec\":{"
         "\"branch\":\"main\",\"prune\":true}}",
         ".spec.branch", 2},
        {"{\"apiVersion\":\"source.toolkit.fluxcd.io/v1\",\"kind\":\"GitRepository\",\"spec\":{"
         "\"branch\":null,\"ref\":{\"branch\":\"main\"}}}",
         "", 0},
        {"{\"apiVersion\":\"kustomize.toolkit.fluxcd.io/v1\",\"kind\":\"Kustomization\",\"spec\":{"
         "\"validation\":\"client\"}}",
         ".spec.validation", 1},
        {"{\"apiVersion\":\"kustomize.toolkit.fluxcd.io/v1beta1\",\"kind\":\"Kustomization\","
         "\"spec\":{\"validation\":\"client\"}}",
         "", 0},
        {"{\"apiVersion\":\"helm.toolkit.fluxcd.io/v2\",\"kind\":\"HelmRelease\",\"spec\":{"
         "\"chart\":\"web\",\"version\":\"1\",\"sourceRef\":{}}}",
         ".spec.chart", 3},
        {"{\"apiVersion\":\"helm.toolkit.fluxcd.io/v2\",\"kind\":\"HelmRelease\",\"spec\":{"
         "\"chart\":{\"spec\":{\"chart\":\"web\",\"version\":\"1\"}}}}",
         "", 0},
        {"{\"apiVersion\":\"v1\",\"kind\":\"Kustomization\",\"spec\":{\"validation\":\"x\"}}", "",
         0},
        {"{}", "", 0},
        {"null", "", 0},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        RemovedFields found = removed_shape_fields(object_case(cases[i].manifest, arena), arena);
        assert_int_equal(found.count, cases[i].count);
        Path first = found.count ? found.items[0].path : (Path){0};
        check_str(path_to_str(first, arena), cases[i].path);
    }
    assert_int_equal(removed_shape_fields(value_unknown(&TYPE_DYNAMIC), arena).count, 0);
}

UNIT_MAIN(test_removed_shape) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions),
        cmocka_unit_test(fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
