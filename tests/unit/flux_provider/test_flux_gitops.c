/* Flux as a controller of `loam gitops`: when a request is handled, revisions, sources.
 * tests/kube/flux runs the command. */
#include "arena_case.h"
#include "flux_gitops.h"
#include "unit.h"

static void assert_text(Str found, const char *wanted) {
    assert_string_equal(str_to_cstr(found, arena), wanted);
}

static Value object_of(const char *text) {
    Value out;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(str_from_cstr(text), &out, &error, &offset, arena));
    return out;
}

/* Conditions of before the request prove nothing. */
static void request_is_handled(void **) {
    static const struct {
        const char *status;
        ReadinessLevel level;
    } cases[] = {
        {"{}", READINESS_IN_PROGRESS},
        {"{\"observedGeneration\":2,\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}",
         READINESS_IN_PROGRESS},
        {"{\"lastHandledReconcileAt\":\"s\",\"observedGeneration\":2,\"conditions\":[{\"type\":"
         "\"Stalled\",\"status\":\"True\",\"observedGeneration\":2}]}",
         READINESS_IN_PROGRESS},
        {"{\"lastHandledReconcileAt\":\"t\",\"observedGeneration\":2,\"conditions\":[{\"type\":"
         "\"Stalled\",\"status\":\"True\",\"observedGeneration\":2}]}",
         READINESS_FAILED},
        {"{\"lastHandledReconcileAt\":\"t\",\"observedGeneration\":1,\"conditions\":[{\"type\":"
         "\"Ready\",\"status\":\"True\"}]}",
         READINESS_IN_PROGRESS},
        {"{\"lastHandledReconcileAt\":\"t\",\"observedGeneration\":2,\"conditions\":[{\"type\":"
         "\"Ready\",\"status\":\"False\"}]}",
         READINESS_IN_PROGRESS},
        {"{\"lastHandledReconcileAt\":\"t\",\"observedGeneration\":2,\"conditions\":[{\"type\":"
         "\"Ready\",\"status\":\"True\"}]}",
         READINESS_READY},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = str_format(arena,
                              "{\"apiVersion\":\"kustomize.toolkit.fluxcd.io/v1\",\"kind\":"
                              "\"Kustomization\",\"metadata\":{\"generation\":2},\"status\":%s}",
                              cases[i].status);
        Value object = object_of(str_to_cstr(text, arena));
        assert_int_equal(flux_controller.look(object, STR("t"), arena).level, cases[i].level);
    }
}

static void revisions_are_found(void **) {
    static const char *const cases[][2] = {
        {"{}", ""},
        {"{\"artifact\":{\"revision\":\"main@sha1:0a\"}}", "main@sha1:0a"},
        {"{\"lastAttemptedRevision\":\"b\",\"lastAppliedRevision\":\"a\"}", "a"},
        {"{\"lastAttemptedRevision\":\"1.2.3\"}", "1.2.3"},
        {"{\"latestRef\":{\"name\":\"registry/web\",\"tag\":\"v2\"}}", "registry/web:v2"},
        {"{\"lastPushCommit\":\"0a1b\"}", "0a1b"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        GitopsRow row = {0};
        Str text = str_format(arena, "{\"status\":%s}", cases[i][0]);
        flux_controller.describe(object_of(str_to_cstr(text, arena)), &row, arena);
        assert_text(row.revision, cases[i][1]);
        assert_text(row.ready, "-");
    }
}

static void sources_are_found(void **) {
    static const char *const cases[][2] = {
        {"\"kind\":\"Kustomization\",\"spec\":{\"sourceRef\":{\"kind\":\"Bucket\",\"name\":\"b\"}}",
         "Bucket a/b"},
        {"\"kind\":\"Kustomization\",\"spec\":{\"sourceRef\":{\"kind\":\"GitRepository\",\"name\":"
         "\"b\",\"namespace\":\"c\"}}",
         "GitRepository c/b"},
        {"\"kind\":\"Kustomization\",\"spec\":{\"sourceRef\":{\"kind\":\"ExternalArtifact\","
         "\"name\":\"b\"}}",
         ""},
        {"\"kind\":\"HelmRelease\",\"status\":{\"helmChart\":\"c/a-web\"}", "HelmChart c/a-web"},
        {"\"kind\":\"ImagePolicy\",\"spec\":{\"imageRepositoryRef\":{\"name\":\"web\"}}",
         "ImageRepository a/web"},
        {"\"kind\":\"GitRepository\",\"spec\":{}", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        GitopsLinks links = {0};
        StrBuf found = strbuf_new(arena);
        Str text = str_format(arena, "{\"metadata\":{\"namespace\":\"a\"},%s}", cases[i][0]);
        flux_controller.sources(object_of(str_to_cstr(text, arena)), &links, arena);
        vec_each(&links, link) {
            strbuf_add_format(&found, "%.*s %.*s/%.*s", STR_ARG(link->kind),
                              STR_ARG(link->namespace), STR_ARG(link->name));
        }
        assert_text(strbuf_str(&found), cases[i][1]);
    }
}

/* Without a configured value the field vanishes, so that no manager owns it. */
static void resume_keeps_configured_fields(void **) {
    Value object = object_of("{}");
    assert_text(flux_controller.resume(object, false, arena), "{\"spec\":{\"suspend\":null}}");
    assert_text(flux_controller.resume(object, true, arena), "{\"spec\":{\"suspend\":false}}");
}

UNIT_MAIN(test_flux_gitops) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(request_is_handled, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(revisions_are_found, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(sources_are_found, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(resume_keeps_configured_fields, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
