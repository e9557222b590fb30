/* The wave of each kind. */
#include "unit.h"

#include "object_order.h"

static void test_waves(void **) {
    static const struct {
        const char *group;
        const char *kind;
        ObjectWave wave;
    } cases[] = {
        {"", "Namespace", OBJECT_WAVE_NAMESPACE},
        {"apiextensions.k8s.io", "CustomResourceDefinition", OBJECT_WAVE_DEFINITION},
        {"scheduling.k8s.io", "PriorityClass", OBJECT_WAVE_CLASS},
        {"storage.k8s.io", "StorageClass", OBJECT_WAVE_CLASS},
        {"", "ServiceAccount", OBJECT_WAVE_ACCESS},
        {"rbac.authorization.k8s.io", "RoleBinding", OBJECT_WAVE_ACCESS},
        {"", "Secret", OBJECT_WAVE_DATA},
        {"", "ConfigMap", OBJECT_WAVE_DATA},
        {"", "Service", OBJECT_WAVE_SERVICE},
        {"", "PersistentVolumeClaim", OBJECT_WAVE_SERVICE},
        {"apps", "Deployment", OBJECT_WAVE_WORKLOAD},
        {"batch", "CronJob", OBJECT_WAVE_WORKLOAD},
        {"", "Pod", OBJECT_WAVE_WORKLOAD},
        {"autoscaling", "HorizontalPodAutoscaler", OBJECT_WAVE_OTHER},
        {"networking.k8s.io", "NetworkPolicy", OBJECT_WAVE_OTHER},
        {"policy", "PodDisruptionBudget", OBJECT_WAVE_OTHER},
        {"", "Endpoints", OBJECT_WAVE_OTHER},
        {"gateway.networking.k8s.io", "Gateway", OBJECT_WAVE_CUSTOM},
        {"example.com", "Namespace", OBJECT_WAVE_CUSTOM},
        {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", OBJECT_WAVE_EXTENSION},
        {"apiregistration.k8s.io", "APIService", OBJECT_WAVE_EXTENSION},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(
            object_order_wave(str_from_cstr(cases[i].group), str_from_cstr(cases[i].kind)),
            cases[i].wave);
}

UNIT_MAIN(test_object_order) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_waves)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
