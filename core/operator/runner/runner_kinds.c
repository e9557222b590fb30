#include "runner_kinds.h"

#include "map.h"

#define KINDS_MAX 200

/* Types whose state has the settings of an object, but not its kind. */
static const struct {
    const char *type;
    const char *kind;
} typed[] = {
    {"argocd_application", "argoproj.io/v1alpha1/Application"},
    {"argocd_application_set", "argoproj.io/v1alpha1/ApplicationSet"},
    {"argocd_project", "argoproj.io/v1alpha1/AppProject"},
    {"flux_alert", "notification.toolkit.fluxcd.io/v1beta3/Alert"},
    {"flux_bucket", "source.toolkit.fluxcd.io/v1/Bucket"},
    {"flux_git_repository", "source.toolkit.fluxcd.io/v1/GitRepository"},
    {"flux_helm_chart", "source.toolkit.fluxcd.io/v1/HelmChart"},
    {"flux_helm_release", "helm.toolkit.fluxcd.io/v2/HelmRelease"},
    {"flux_helm_repository", "source.toolkit.fluxcd.io/v1/HelmRepository"},
    {"flux_image_policy", "image.toolkit.fluxcd.io/v1/ImagePolicy"},
    {"flux_image_repository", "image.toolkit.fluxcd.io/v1/ImageRepository"},
    {"flux_image_update_automation", "image.toolkit.fluxcd.io/v1/ImageUpdateAutomation"},
    {"flux_kustomization", "kustomize.toolkit.fluxcd.io/v1/Kustomization"},
    {"flux_notification_provider", "notification.toolkit.fluxcd.io/v1beta3/Provider"},
    {"flux_oci_repository", "source.toolkit.fluxcd.io/v1/OCIRepository"},
    {"flux_receiver", "notification.toolkit.fluxcd.io/v1/Receiver"},
    {"kubernetes_config_map", "v1/ConfigMap"},
    {"kubernetes_namespace", "v1/Namespace"},
    {"kubernetes_sealed_secret", "bitnami.com/v1alpha1/SealedSecret"},
};

typedef struct KindSearch {
    RunResult *result;
    Map seen;
    Arena *arena;
} KindSearch;

static void add_kind(KindSearch *search, Str kind) {
    if (search->result->kinds.count == KINDS_MAX || map_has(&search->seen, kind) ||
        str_equal_cstr(kind, "v1/Secret"))
        return;
    map_set(&search->seen, kind, search);
    vec_push(search->arena, &search->result->kinds, kind);
}

/* An object has a kind and a name, wherever it is in the attributes. */
static void add_objects(KindSearch *search, Value value) {
    Str version = value_text_at(value, STR("apiVersion")), kind = value_text_at(value, STR("kind"));
    Value metadata;
    if (version.len > 0 && kind.len > 0 && value_find_present(value, STR("metadata"), &metadata) &&
        value_text_at(metadata, STR("name")).len > 0) {
        add_kind(search, str_format(search->arena, "%.*s/%.*s", STR_ARG(version), STR_ARG(kind)));
        return;
    }
    for (size_t i = 0; value_is_present(value) && !type_is_primitive(value.type) && i < value.count;
         i++)
        add_objects(search, value_at(value, i));
}

void runner_kinds_add(Value state, RunResult *result, Arena *arena) {
    KindSearch search = {result, map_new(arena), arena};
    Value resources = value_tuple_at(state, STR("resources"));
    for (size_t i = 0; i < resources.count; i++) {
        Value resource = value_at(resources, i);
        bool is_managed = str_equal_cstr(value_text_at(resource, STR("mode")), "managed");
        Str type = value_text_at(resource, STR("type"));
        if (is_managed)
            add_objects(&search, resource);
        for (size_t k = 0; is_managed && k < ARRAY_COUNT(typed); k++) {
            if (str_equal_cstr(type, typed[k].type))
                add_kind(&search, str_from_cstr(typed[k].kind));
        }
    }
}
