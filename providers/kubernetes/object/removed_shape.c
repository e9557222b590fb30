#include "removed_shape.h"

typedef struct RemovedVersion {
    const char *group;
    const char *kind;     /* NULL: all kinds of the group */
    const char *versions; /* separated by blanks; NULL: all */
    const char *now;      /* the apiVersion that replaces it */
    const char *hint;     /* a sentence about differences; may be NULL */
} RemovedVersion;

/* clang-format off */
static const RemovedVersion versions[] = {
    {"source.toolkit.fluxcd.io", NULL, "v1alpha1 v1beta1 v1beta2", "source.toolkit.fluxcd.io/v1",
     "A git revision is in \"spec.ref\": \"ref: {branch: main}\"."},
    {"kustomize.toolkit.fluxcd.io", NULL, "v1alpha1 v1beta1 v1beta2", "kustomize.toolkit.fluxcd.io/v1",
     "\"spec.validation\" no longer exists: the server validates all objects."},
    {"helm.toolkit.fluxcd.io", NULL, "v2alpha1 v2beta1 v2beta2", "helm.toolkit.fluxcd.io/v2",
     "The chart is \"spec.chart.spec\" with \"chart\", \"version\" and \"sourceRef\", or \"spec.chartRef\"."},
    {"notification.toolkit.fluxcd.io", "Receiver", "v1alpha1 v1beta1 v1beta2 v1beta3", "notification.toolkit.fluxcd.io/v1", NULL},
    {"notification.toolkit.fluxcd.io", NULL, "v1alpha1 v1beta1 v1beta2", "notification.toolkit.fluxcd.io/v1beta3", NULL},
    {"image.toolkit.fluxcd.io", NULL, "v1alpha1 v1alpha2 v1beta1 v1beta2", "image.toolkit.fluxcd.io/v1", NULL},
    {"helm.fluxcd.io", "HelmRelease", NULL, "helm.toolkit.fluxcd.io/v2",
     "This kind belongs to the Helm Operator of Flux 1, which is no longer maintained. The chart is \"spec.chart.spec\" and a HelmRepository."},
    {"split.smi-spec.io", "TrafficSplit", NULL, "gateway.networking.k8s.io/v1",
     "Service meshes no longer support SMI. Use an HTTPRoute with weights in \"spec.rules[].backendRefs\"."},
    {"networking.istio.io", NULL, "v1alpha3", "networking.istio.io/v1", NULL},
    {"security.istio.io", NULL, "v1beta1", "security.istio.io/v1", NULL},
    {"extensions", "Ingress", NULL, "networking.k8s.io/v1", NULL},
    {"extensions", "NetworkPolicy", NULL, "networking.k8s.io/v1", NULL},
    {"extensions", NULL, NULL, "apps/v1", NULL},
    {"apps", NULL, "v1beta1 v1beta2", "apps/v1", NULL},
    {"networking.k8s.io", "Ingress", "v1beta1", "networking.k8s.io/v1", "A backend is \"service: {name, port}\", and each path has a \"pathType\"."},
    {"batch", "CronJob", "v1beta1 v2alpha1", "batch/v1", NULL},
    {"policy", "PodDisruptionBudget", "v1beta1", "policy/v1", NULL},
    {"autoscaling", "HorizontalPodAutoscaler", "v2beta1 v2beta2", "autoscaling/v2", NULL},
    {"rbac.authorization.k8s.io", NULL, "v1alpha1 v1beta1", "rbac.authorization.k8s.io/v1", NULL},
    {"apiextensions.k8s.io", NULL, "v1beta1", "apiextensions.k8s.io/v1", "Each version has a schema."},
};

typedef struct FieldRow {
    const char *group;
    const char *kind;
    const char *path;
    const char *versions; /* that have the field, separated by blanks; NULL: none */
    bool is_text;         /* only a text is wrong there */
    const char *text;
} FieldRow;

static const FieldRow fields[] = {
    {"source.toolkit.fluxcd.io", "GitRepository", ".spec.branch", NULL, false,
     "The branch of a GitRepository is \"spec.ref.branch\": \"ref: {branch: main}\"."},
    {"source.toolkit.fluxcd.io", "GitRepository", ".spec.prune", NULL, false,
     "A GitRepository only fetches. \"prune\" is a field of the Kustomization that applies it."},
    {"kustomize.toolkit.fluxcd.io", "Kustomization", ".spec.validation", "v1alpha1 v1beta1", false,
     "Flux has removed \"validation\": the server validates all objects. Remove it."},
    {"helm.toolkit.fluxcd.io", "HelmRelease", ".spec.chart", NULL, true,
     "The name of the chart is \"spec.chart.spec.chart\": \"chart: {spec: {chart: NAME, version: X, sourceRef: {…}}}\"."},
    {"helm.toolkit.fluxcd.io", "HelmRelease", ".spec.version", NULL, false,
     "The version of the chart is \"spec.chart.spec.version\"."},
    {"helm.toolkit.fluxcd.io", "HelmRelease", ".spec.sourceRef", NULL, false,
     "The source of the chart is \"spec.chart.spec.sourceRef\"."},
    {"networking.istio.io", "DestinationRule", ".spec.trafficPolicy.outlierDetection.consecutiveErrors", NULL, false,
     "Istio has replaced \"consecutiveErrors\" by \"consecutive5xxErrors\"."},
    {"rbac.authorization.k8s.io", "Role", ".Rules", NULL, false, "The field is \"rules\", in small letters."},
    {"rbac.authorization.k8s.io", "ClusterRole", ".Rules", NULL, false, "The field is \"rules\", in small letters."},
};
/* clang-format on */

static bool has_word(const char *words, Str word) {
    Str rest = str_from_cstr(words), one;
    while (str_next_field(&rest, ' ', &one)) {
        if (str_equal(one, word))
            return true;
    }
    return false;
}

Str removed_shape_version_problem(const ObjectKey *key, Arena *arena) {
    for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
        const RemovedVersion *row = &versions[i];
        bool is_kind = str_equal_cstr(key->group, row->group) &&
                       (!row->kind || str_equal_cstr(key->kind, row->kind));
        if (is_kind && (!row->versions || has_word(row->versions, key->version)))
            return str_format(arena, "This version is removed. Use \"apiVersion: %s\".%s%s",
                              row->now, row->hint ? " " : "", row->hint ? row->hint : "");
    }
    return STR_EMPTY;
}

RemovedFields removed_shape_fields(Value manifest, Arena *arena) {
    RemovedFields found = {0};
    ObjectKey key = object_key_of(manifest);
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        const FieldRow *row = &fields[i];
        bool is_kind = str_equal_cstr(key.group, row->group) && str_equal_cstr(key.kind, row->kind);
        Path path = path_parse(str_from_cstr(row->path), arena);
        Value value;
        if (!is_kind || (row->versions && has_word(row->versions, key.version)) ||
            !path_get(manifest, path, &value) || value_is_null(value))
            continue;
        bool is_wrong = !row->is_text || value.type->kind == KIND_STRING;
        RemovedField field = {path, str_from_cstr(row->text)};
        if (is_wrong)
            vec_push(arena, &found, field);
    }
    return found;
}
