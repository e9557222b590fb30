/* kubeadm_serving: one list of requests for all nodes of the state. */
#include "kubeadm_serving.h"
#include "kube_object.h"
#include "kubeadm_kubelet.h"
#include "kubeadm_peer.h"
#include "node_object.h"
#include "path_error.h"
#include "serving_wait.h"
#include "timestamp.h"

#define REQUESTS    "serving_requests"
#define DAY_SECONDS INT64_C(86400)
#define DAYS_WARN   30
#define NOTES_MAX   5

/* Whether these fields of a KubeletConfiguration make kubelets ask for serving certificates. */
static bool asks(Value fields, Arena *arena) {
    Path path = path_attribute((Path){0}, STR("serverTLSBootstrap"), arena);
    Value found;
    return value_is_present(fields) && path_get(fields, path, &found) && value_is_present(found) &&
           found.type->kind == KIND_BOOL && value_is_true(found);
}

static bool has_requests(const Call *call, Value state) {
    FoundObjects nodes = kubeadm_peer_nodes(call, state);
    bool has_one = asks(object_attribute(state, "kubelet"), call->arena);
    vec_each(&nodes, node)
        has_one |= asks(kubeadm_kubelet_patch(node->object), call->arena);
    return has_one;
}

/* The requests of a cluster, and what becomes of those that may be approved. */
typedef struct ServingLook {
    const Call *call;
    Value requests;
    Value nodes;
    Diags *diags;
} ServingLook;

static bool find_node(Value nodes, Str name, Value *out) {
    for (size_t i = 0; i < nodes.count; i++) {
        *out = value_at(nodes, i);
        if (str_equal(kube_object_text(*out, "metadata", "name"), name))
            return true;
    }
    return false;
}

static void warn_of_request(const ServingLook *look, Str node, Str request, Str problem) {
    path_warning(
        look->call, PATH_AT(look->call, {REQUESTS}), look->diags,
        "Serving certificate not approved",
        "The request \"%.*s\" of the kubelet of \"%.*s\" is not approved. %.*s Find out why "
        "the machine asks for this; \"kubectl certificate approve %.*s\" approves it all "
        "the same.",
        STR_ARG(request), STR_ARG(node), STR_ARG(problem), STR_ARG(request));
}

/* Sets *out to the newest request of the node if it waits and may be approved. */
static bool find_waiting(const ServingLook *look, const KubeadmNode *node, Value *out) {
    Value found;
    if (!find_node(look->nodes, node->name, &found))
        return false;
    ServingNode serving = {.name = node->name,
                           .addresses = kubeadm_node_addresses(node),
                           .since = kube_object_text(found, "metadata", "creationTimestamp")};
    *out = serving_request_find(look->requests, &serving);
    if (!value_is_present(*out) || serving_request_state(*out) != SERVING_PENDING)
        return false;
    Str problem = serving_request_check(*out, &serving, look->call->arena);
    if (problem.len)
        warn_of_request(look, node->name, kube_object_text(*out, "metadata", "name"), problem);
    return !problem.len;
}

/* Refreshes. */

bool kubeadm_serving_refresh(const Call *call, const ClusterApi *api, Value nodes, Value *state,
                             Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    ServingLook look = {.call = call, .nodes = nodes, .diags = diags};
    ObjectBuilder waiting = object_builder_new(call->arena);
    KubeResponse response = {0};
    Value found;
    /* Only a kubeadm_init has the attribute. */
    if (!value_find(*state, STR(REQUESTS), &found))
        return true;
    *state = object_with(*state, REQUESTS, value_null(&TYPE_MAP_OF_STRING), call->arena);
    if (!has_requests(call, *state))
        return true;
    if (!kubeadm_peer_open(call, *state, &peers, diags))
        return false;
    if (!serving_wait_list(api, &look.requests, &response)) {
        path_warning(call, PATH_AT(call, {REQUESTS}), diags, "Requests of kubelets unknown",
                     "The API server does not list the requests for serving certificates. %.*s",
                     STR_ARG(response.problem));
        return true;
    }
    bool has_one = false;
    vec_each(&peers.items, peer) {
        const KubeadmNode *node = &(*peer)->node;
        if (!find_waiting(&look, node, &found))
            continue;
        Str name = kube_object_text(found, "metadata", "name");
        object_builder_put(&waiting, node->name, value_from_str(name));
        has_one = true;
    }
    if (has_one)
        *state =
            object_with(*state, REQUESTS, object_builder_map(&waiting, &TYPE_STRING), call->arena);
    return true;
}

void kubeadm_serving_warn(const KubeadmNode *node, const HostFacts *facts, Diags *diags) {
    const Call *call = node->call;
    int64_t start, end, now = call_planned_ms(call) / 1000;
    if (!facts->serving_certificate.len ||
        !pki_validity(facts->serving_certificate, &start, &end) ||
        end - now >= DAYS_WARN * DAY_SECONDS || end - now >= (end - start) / 10)
        return;
    Str time = timestamp_to_str((Timestamp){.seconds = end}, call->arena);
    Str left =
        end < now ? STR("so API servers that verify it do not reach this kubelet")
                  : str_format(call->arena, "in %lld days", (long long)((end - now) / DAY_SECONDS));
    path_warning(call, NO_PATH, diags, "Serving certificate expires soon",
                 "The certificate by which the kubelet of \"%.*s\" serves %s on %.*s, %.*s. It has "
                 "asked for another one: approve its request with an apply, or with \"kubectl "
                 "certificate approve\". If \"kubectl get csr\" has no request of it, read "
                 "\"journalctl -u kubelet\" on %.*s.",
                 STR_ARG(node->name), end < now ? "expired" : "expires", STR_ARG(time),
                 STR_ARG(left), STR_ARG(node->link->target.host));
}

/* Plans. */

void kubeadm_serving_plan(const Call *call, const PlanRequest *request, ObjectBuilder *planned,
                          PlanResponse *response) {
    Arena *arena = call->arena;
    object_builder_set(planned, REQUESTS, value_null(&TYPE_MAP_OF_STRING));
    if (value_is_null(request->prior) || request->is_replaced ||
        !object_has(request->prior, REQUESTS))
        return;
    Value waiting = object_attribute(request->prior, REQUESTS);
    for (size_t i = 0; i < waiting.count && waiting.count <= NOTES_MAX; i++)
        plan_note(response, NO_PATH,
                  str_format(arena, "approves the serving certificate of %.*s that waits (%.*s)",
                             STR_ARG(value_key_at(waiting, i)),
                             STR_ARG(value_text(value_at(waiting, i)))),
                  arena);
    if (waiting.count > NOTES_MAX)
        plan_note(response, NO_PATH,
                  str_format(arena, "approves the serving certificates of %u nodes that wait",
                             waiting.count),
                  arena);
}

/* Changes. */

static bool grant_planned(const ServingLook *look, const ClusterApi *api, const KubeadmPeers *peers,
                          Value planned) {
    Value ignored, found;
    vec_each(&peers->items, peer) {
        const KubeadmNode *node = &(*peer)->node;
        if (value_find(planned, node->name, &ignored) && find_waiting(look, node, &found) &&
            !serving_wait_grant(api, found, look->diags))
            return false;
    }
    return true;
}

bool kubeadm_serving_update(const KubeadmNode *node, Value prior, Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    SCOPED(ClusterApi) api = {0};
    ServingLook look = {.call = node->call, .diags = diags};
    KubeResponse response = {0};
    if (!object_has(prior, REQUESTS))
        return true;
    if (!kubeadm_peer_open(node->call, node->object, &peers, diags) ||
        !kubeadm_node_api(node, &api, diags) || !node_object_list(&api, &look.nodes, diags))
        return false;
    return serving_wait_list(&api, &look.requests, &response)
               ? grant_planned(&look, &api, &peers, object_attribute(prior, REQUESTS))
               : path_error(node->call, PATH_AT(node->call, {REQUESTS}), diags,
                            "Serving certificate not approved",
                            "The API server does not list the requests of kubelets. %.*s",
                            STR_ARG(response.problem));
}
