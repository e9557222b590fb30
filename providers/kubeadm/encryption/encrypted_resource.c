/* encrypted_resource: names, keys, and the version of a custom resource. */
#include "encrypted_resource.h"
#include "kube_object.h"

#define TOP "/registry"

static const KubeResource core_resources[] = {
    KUBE_CORE_RESOURCE("Secret", "secrets"),
    KUBE_CORE_RESOURCE("ConfigMap", "configmaps"),
};

/* Groups with a dot whose kinds are part of Kubernetes: their keys do not have the group. */
static const char *const own_groups[] = {
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
};

static const KubeResource *find_core(Str resource) {
    for (size_t i = 0; i < ARRAY_COUNT(core_resources); i++) {
        if (str_equal(core_resources[i].plural, resource))
            return &core_resources[i];
    }
    return NULL;
}

/* Splits "widgets.example.com"; the group of a custom resource has a dot. */
static bool split(Str resource, Str *plural, Str *group) {
    size_t dot = str_find_char(resource, '.', 0);
    if (dot == SIZE_MAX || dot == 0)
        return false;
    *plural = str_slice(resource, 0, dot);
    *group = str_after(resource, dot + 1);
    return str_find_char(*group, '.', 0) != SIZE_MAX;
}

static bool is_name(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return text.len > 0 && text.ptr[0] != '.' && text.ptr[text.len - 1] != '.';
}

bool encrypted_resource_is_valid(Str resource) {
    Str plural, group;
    if (find_core(resource))
        return true;
    if (!is_name(resource) || !split(resource, &plural, &group))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(own_groups); i++) {
        if (str_equal_cstr(group, own_groups[i]))
            return false;
    }
    return true;
}

Str encrypted_resource_prefix(Str top, Str resource, Arena *arena) {
    Str plural, group;
    Str first = top.len ? top : STR(TOP);
    const char *slash = str_starts_with(first, STR("/")) ? "" : "/";
    if (find_core(resource) || !split(resource, &plural, &group))
        return str_format(arena, "%s%.*s/%.*s/", slash, STR_ARG(first), STR_ARG(resource));
    return str_format(arena, "%s%.*s/%.*s/%.*s/", slash, STR_ARG(first), STR_ARG(group),
                      STR_ARG(plural));
}

bool encrypted_resource_find(const KubeCall *call, Str resource, KubeResource *out, Diags *diags) {
    Str plural = STR_EMPTY, group = STR_EMPTY;
    const KubeResource *core = find_core(resource);
    KubeResponse response;
    Value found;
    if (core) {
        *out = *core;
        return true;
    }
    CHECK(split(resource, &plural, &group));
    KubeRequest request = {.method = "GET", .path = str_concat(STR("/apis/"), group, call->arena)};
    if (kube_call_send(call, request, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &found, call->arena))
        return diags_fail(diags, NO_RANGE, "Resource not found",
                          "The API server does not serve the group of \"%.*s\", whose objects are "
                          "to be encrypted: %.*s. Install its CustomResourceDefinition first.",
                          STR_ARG(resource), STR_ARG(response.problem));
    *out = (KubeResource){
        .group = group,
        .version = kube_object_text(found, "preferredVersion", "version"),
        .plural = plural,
        .is_namespaced = true,
    };
    return true;
}
