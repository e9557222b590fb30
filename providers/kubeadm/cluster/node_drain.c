/* node_drain: evictions until the list of pods is empty. */
#include "node_drain.h"
#include "json.h"
#include "kube_error.h"
#include "kube_object.h"
#include "node_object.h"
#include "object_builder.h"
#include "wait_until.h"

typedef struct Drain {
    const ClusterApi *api;
    Str name;
} Drain;

static bool has_owner(Value pod, const char *kind) {
    Value metadata, owners;
    if (!value_find_present(pod, STR("metadata"), &metadata) ||
        !value_find_tuple(metadata, STR("ownerReferences"), &owners))
        return false;
    for (size_t i = 0; i < owners.count; i++) {
        if (str_equal_cstr(value_text_at(value_at(owners, i), STR("kind")), kind))
            return true;
    }
    return false;
}

/* Static pods belong to the Node; a DaemonSet would start its pod again. Ended pods hold nothing.
 */
static bool must_leave(Value pod) {
    Str phase = kube_object_text(pod, "status", "phase");
    return !has_owner(pod, "DaemonSet") && !has_owner(pod, "Node") &&
           !str_equal(phase, STR("Succeeded")) && !str_equal(phase, STR("Failed")) &&
           !kube_object_text(pod, "metadata.annotations", "kubernetes.io/config.mirror").len;
}

static KubeOutcome evict(const Drain *drain, const KubeRef *pod, KubeResponse *response) {
    Arena *arena = drain->api->call.arena;
    ObjectBuilder metadata = object_builder_new(arena), body = object_builder_new(arena);
    KubeRef ref = *pod;
    ref.subresource = STR("eviction");
    object_builder_put(&metadata, STR("name"), value_from_str(pod->name));
    object_builder_put(&metadata, STR("namespace"), value_from_str(pod->namespace));
    object_builder_put(&body, STR("apiVersion"), value_from_cstr("policy/v1"));
    object_builder_put(&body, STR("kind"), value_from_cstr("Eviction"));
    object_builder_put(&body, STR("metadata"), object_builder_value(&metadata));
    /* Status 429 reports a disruption budget. The next list of pods repeats the eviction. */
    KubeRequest request = {
        .method = "POST",
        .path = kube_resource_path(&ref, arena),
        .body = json_text(object_builder_value(&body), arena),
        .attempts_max = 1,
    };
    return kube_call_send(&drain->api->call, request, response, NULL);
}

static void node_drain_note(Wait *wait, const KubeRef *pod, Str problem, size_t left) {
    Arena *arena = wait->call->arena;
    wait->reason = str_format(arena, "%zu pod%s left; %.*s%s%.*s", left,
                              left == 1 ? " is" : "s are", STR_ARG(kube_resource_title(pod, arena)),
                              problem.len ? ": " : "", STR_ARG(problem));
}

static size_t evict_all(const Drain *drain, Value items, Wait *wait) {
    size_t left = 0;
    for (size_t i = 0; i < items.count; i++) {
        Value pod = value_at(items, i);
        if (!must_leave(pod))
            continue;
        KubeRef ref = {.resource = &cluster_api_pods,
                       .namespace = kube_object_text(pod, "metadata", "namespace"),
                       .name = kube_object_text(pod, "metadata", "name")};
        KubeResponse response = {0};
        bool is_ending = kube_object_text(pod, "metadata", "deletionTimestamp").len > 0;
        KubeOutcome outcome = is_ending ? KUBE_DONE : evict(drain, &ref, &response);
        if (outcome == KUBE_ABSENT)
            continue;
        left++;
        node_drain_note(wait, &ref, outcome == KUBE_FAILED ? response.problem : STR_EMPTY, left);
    }
    return left;
}

static WaitLook look_pods(void *payload, Wait *wait) {
    const Drain *drain = payload;
    Arena *arena = wait->call->arena;
    Str path =
        str_format(arena, "/api/v1/pods?fieldSelector=spec.nodeName%%3D%.*s", STR_ARG(drain->name));
    KubeResponse response;
    Value items;
    if (!cluster_api_list(drain->api, path, &items, &response, NULL)) {
        wait->reason = response.problem;
        return WAIT_LOOK_AGAIN;
    }
    size_t left = evict_all(drain, items, wait);
    return left ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

bool node_drain(const Call *call, const ClusterApi *api, Str name, int64_t timeout_ms,
                Diags *diags) {
    Drain drain = {api, name};
    Value node;
    if (!node_object_read(api, name, &node, diags))
        return false;
    if (!value_is_present(node))
        return true;
    if (!node_object_cordon(api, name, node, diags))
        return false;
    WaitUntil until = {.what = "the pods to leave the node",
                       .look = look_pods,
                       .payload = &drain,
                       .timeout_ms = timeout_ms};
    return wait_until_done(call, &until, diags);
}
