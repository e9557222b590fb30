/* The places of errors of the server in the arguments. */
#include "flux_provider.h"
#include "object_metadata.h"
#include "provider_check.h"

static void places(void **) {
    static const struct {
        const char *path;
        const char *wanted;
    } cases[] = {
        {".spec", ".spec"},
        {".spec.interval", ".spec.interval"},
        {".spec.sourceRef.name", ".spec.source_ref.name"},
        {".spec.patches[1].target.labelSelector", ".spec.patches[1].target.label_selector"},
        {".spec.postBuild.substitute.a", ".spec.post_build.substitute[\"a\"]"},
        {".spec.dependsOn[0].unknown", ".spec.depends_on[0]"},
        {".spec.validation", ".spec"},
        {".spec.path.below", ".spec.path"},
        {".metadata.labels.a", ".metadata[0].labels[\"a\"]"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Path path = path_parse(str_from_cstr(cases[i].path), arena);
        path = object_metadata_path(&flux_kustomization.schema, path, arena);
        check_str(path_to_str(path, arena), cases[i].wanted);
    }
}

UNIT_MAIN(test_flux_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
