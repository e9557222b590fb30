/* Objects of Flux and Argo CD that a user has suspended. */
#include "object_case.h"
#include "object_frozen.h"

#define SPEC(version, kind, spec)                                                                  \
    "{\"apiVersion\":\"" version "\",\"kind\":\"" kind "\",\"spec\":" spec "}"
#define NOTE(version, kind, name, text)                                                            \
    "{\"apiVersion\":\"" version "\",\"kind\":\"" kind "\",\"metadata\":{\"annotations\":{\"" name \
    "\":\"" text "\"}}}"
#define AUTOMATED(flag) "{\"syncPolicy\":{\"automated\":{\"enabled\":" flag "}}}"

static void test_rules(void **) {
    static const struct {
        const char *object;
        const char *field; /* NULL: not frozen */
    } rows[] = {
        {SPEC("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "{\"suspend\":true}"),
         "spec.suspend"},
        {SPEC("helm.toolkit.fluxcd.io/v2", "HelmRelease", "{\"suspend\":true}"), "spec.suspend"},
        {SPEC("source.toolkit.fluxcd.io/v1", "GitRepository", "{\"suspend\":false}"), NULL},
        {SPEC("source.toolkit.fluxcd.io/v1", "GitRepository", "{}"), NULL},
        {SPEC("batch/v1", "CronJob", "{\"suspend\":true}"), NULL},
        {SPEC("argoproj.io/v1alpha1", "Application", AUTOMATED("false")),
         "spec.syncPolicy.automated.enabled"},
        {SPEC("argoproj.io/v1alpha1", "Application", AUTOMATED("true")), NULL},
        {SPEC("argoproj.io/v1alpha1", "Application", "{\"syncPolicy\":{\"automated\":{}}}"), NULL},
        {SPEC("argoproj.io/v1alpha1", "Application", "{}"), NULL},
        {NOTE("argoproj.io/v1alpha1", "Application", "argocd.argoproj.io/skip-reconcile", "true"),
         "the annotation argocd.argoproj.io/skip-reconcile"},
        {NOTE("fluxcd.controlplane.io/v1", "FluxInstance", "fluxcd.controlplane.io/reconcile",
              "disabled"),
         "the annotation fluxcd.controlplane.io/reconcile"},
        {NOTE("fluxcd.controlplane.io/v1", "FluxInstance", "fluxcd.controlplane.io/reconcile",
              "enabled"),
         NULL},
        {"null", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const char *field = object_frozen_by(object_case(rows[i].object, arena));
        check_str(str_from_cstr(field ? field : ""), rows[i].field ? rows[i].field : "");
    }
}

UNIT_MAIN(test_object_frozen) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
