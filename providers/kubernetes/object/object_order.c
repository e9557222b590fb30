#include "object_order.h"

typedef struct KindRow {
    const char *group;
    const char *kind; /* NULL: all kinds of the group */
    ObjectWave wave;
} KindRow;

static const KindRow rows[] = {
    {"", "Namespace", OBJECT_WAVE_NAMESPACE},
    {"", "PersistentVolume", OBJECT_WAVE_CLASS},
    {"", "ServiceAccount", OBJECT_WAVE_ACCESS},
    {"", "Secret", OBJECT_WAVE_DATA},
    {"", "ConfigMap", OBJECT_WAVE_DATA},
    {"", "ResourceQuota", OBJECT_WAVE_DATA},
    {"", "LimitRange", OBJECT_WAVE_DATA},
    {"", "Service", OBJECT_WAVE_SERVICE},
    {"", "PersistentVolumeClaim", OBJECT_WAVE_SERVICE},
    {"", "Pod", OBJECT_WAVE_WORKLOAD},
    {"", "PodTemplate", OBJECT_WAVE_WORKLOAD},
    {"", "ReplicationController", OBJECT_WAVE_WORKLOAD},
    {"apiextensions.k8s.io", NULL, OBJECT_WAVE_DEFINITION},
    {"scheduling.k8s.io", NULL, OBJECT_WAVE_CLASS},
    {"storage.k8s.io", NULL, OBJECT_WAVE_CLASS},
    {"node.k8s.io", NULL, OBJECT_WAVE_CLASS},
    {"rbac.authorization.k8s.io", NULL, OBJECT_WAVE_ACCESS},
    {"apps", NULL, OBJECT_WAVE_WORKLOAD},
    {"batch", NULL, OBJECT_WAVE_WORKLOAD},
    {"admissionregistration.k8s.io", NULL, OBJECT_WAVE_EXTENSION},
    {"apiregistration.k8s.io", NULL, OBJECT_WAVE_EXTENSION},
};

/* Groups that are part of Kubernetes. Definitions may use names below k8s.io too. */
static const char *const own_groups[] = {
    "",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "policy",
    "resource.k8s.io",
    "storagemigration.k8s.io",
};

ObjectWave object_order_wave(Str group, Str kind) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (str_equal_cstr(group, rows[i].group) &&
            (!rows[i].kind || str_equal_cstr(kind, rows[i].kind)))
            return rows[i].wave;
    }
    for (size_t i = 0; i < ARRAY_COUNT(own_groups); i++) {
        if (str_equal_cstr(group, own_groups[i]))
            return OBJECT_WAVE_OTHER;
    }
    return OBJECT_WAVE_CUSTOM;
}
