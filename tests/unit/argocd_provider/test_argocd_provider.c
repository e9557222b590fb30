/* The places of errors of the server in the arguments. */
#include "argocd_provider.h"
#include "object_metadata.h"
#include "provider_check.h"

static void places(void **) {
    static const struct {
        const char *path;
        const char *wanted;
    } cases[] = {
        {".spec", ".spec"},
        {".spec.source.repoURL", ".spec.source.repo_url"},
        {".spec.source.helm.skipCrds", ".spec.source.helm.skip_crds"},
        {".spec.sources[1].kustomize.patches[0].target.labelSelector",
         ".spec.sources[1].kustomize.patches[0].target.label_selector"},
        {".spec.syncPolicy.automated.selfHeal", ".spec.sync_policy.automated.self_heal"},
        {".spec.syncPolicy.managedNamespaceMetadata.labels.a",
         ".spec.sync_policy.managed_namespace_metadata.labels[\"a\"]"},
        {".spec.source.ksonnet", ".spec.source"},
        {".metadata.annotations.a", ".metadata[0].annotations[\"a\"]"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Path path = path_parse(str_from_cstr(cases[i].path), arena);
        path = object_metadata_path(&argocd_application.schema, path, arena);
        check_str(path_to_str(path, arena), cases[i].wanted);
    }
}

UNIT_MAIN(test_argocd_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
