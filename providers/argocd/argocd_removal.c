/* argocd_removal: applications before the deletion, Secrets after it. */
#include "argocd_removal.h"

#include "cluster.h"
#include "kube_error.h"
#include "kube_object.h"
#include "path_error.h"

#define ACTION  "Argo CD not deleted"
#define VERSION "argoproj.io/v1alpha1"

static const char *const kinds[] = {"Application", "ApplicationSet", "AppProject"};

typedef struct Removal {
    const Call *call;
    KubeCall kube;
    Diags *diags;
} Removal;

/* Projects are deleted with their definition: Argo CD makes one of its own. */
static bool argocd_removal_report_left(const Removal *removal, const char *kind,
                                       const KubeList *list) {
    Value first = list->items.items[0];
    return path_error(removal->call, NO_PATH, removal->diags, ACTION,
                      "%zu objects of the kind %s exist, such as \"%.*s\" in namespace \"%.*s\". "
                      "Without Argo CD their deletion would not end, or would leave the objects "
                      "that they have applied. Delete them first. To give them up and keep those "
                      "objects, apply force_destroy = true before the destroy.",
                      list->items.count, kind, STR_ARG(kube_object_text(first, "metadata", "name")),
                      STR_ARG(kube_object_text(first, "metadata", "namespace")));
}

static bool remove_finalizers(const Removal *removal, const KubeResource *resource, Value object) {
    KubeResponse response;
    Value found;
    KubePatch patch = {
        .ref = {.resource = resource,
                .namespace = kube_object_text(object, "metadata", "namespace"),
                .name = kube_object_text(object, "metadata", "name")},
        .type = KUBE_PATCH_MERGE,
        .body = STR("{\"metadata\":{\"finalizers\":null}}"),
        .manager = STR("loam"),
        .is_repeatable = true,
    };
    if (!kube_object_find(object, "metadata", "finalizers", &found))
        return true;
    KubeOutcome outcome = kube_call_patch(&removal->kube, &patch, &response, removal->diags);
    if (outcome == KUBE_DONE || outcome == KUBE_ABSENT)
        return true;
    kube_error_report(&removal->kube, ACTION, &patch.ref, &response, removal->diags);
    return false;
}

static bool prepare_kind(const Removal *removal, const char *kind, bool should_force) {
    KubeResource resource;
    KubeResponse response;
    KubeList list = {0};
    KubeOutcome outcome = kube_discovery_find(
        cluster_discovery(removal->call->client), &removal->kube,
        (KubeKind){STR(VERSION), str_from_cstr(kind)}, &resource, &response, removal->diags);
    KubeListRequest wanted = {.ref = {.resource = &resource}, .only_metadata = true};
    if (outcome == KUBE_DONE)
        outcome = kube_list_read(&removal->kube, &wanted, &list, &response, removal->diags);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome != KUBE_DONE) {
        kube_error_report(&removal->kube, ACTION, NULL, &response, removal->diags);
        return false;
    }
    bool is_project = str_equal_cstr(resource.kind, "AppProject");
    if (list.items.count && !should_force && !is_project)
        return argocd_removal_report_left(removal, kind, &list);
    vec_each(&list.items, object) {
        if (!remove_finalizers(removal, &resource, *object))
            return false;
    }
    return true;
}

bool argocd_removal_prepare(const Call *call, bool should_force, Diags *diags) {
    Removal removal = {.call = call, .kube = cluster_call(call), .diags = diags};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (!prepare_kind(&removal, kinds[i], should_force))
            return false;
    }
    return true;
}

bool argocd_removal_finish(const Call *call, Str namespace, Diags *diags) {
    static const KubeResource secrets = {
        .version = STR_CONST("v1"),
        .kind = STR_CONST("Secret"),
        .plural = STR_CONST("secrets"),
        .is_namespaced = true,
    };
    static const char *const names[] = {"argocd-initial-admin-secret", "argocd-redis"};
    KubeCall kube = cluster_call(call);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        KubeResponse response;
        KubeDelete request = {
            .ref = {.resource = &secrets, .namespace = namespace, .name = str_from_cstr(names[i])},
            .propagation = KUBE_PROPAGATION_BACKGROUND,
        };
        KubeOutcome outcome = kube_call_delete(&kube, &request, &response, diags);
        if (outcome == KUBE_DONE || outcome == KUBE_ABSENT)
            continue;
        kube_error_report(&kube, ACTION, &request.ref, &response, diags);
        return false;
    }
    return true;
}
