/* kubeadm_key_gate: the metrics of API servers, and an object that each of them writes. */
#include "kubeadm_key_gate.h"
#include "base64.h"
#include "encryption_reload.h"
#include "etcd_values.h"
#include "hex.h"
#include "kube_error.h"
#include "path_error.h"
#include "random.h"

#define CANARY      "loam-encryption"
#define NAMESPACE   "kube-system"
#define RELOAD_MS   INT64_C(90000)
#define NONCE_BYTES 16

/* Of one API server. */
typedef struct KeyGate {
    const Call *call;
    const KubeadmPeers *peers;
    KubeadmPeer *peer;
    double changed; /* time of the file */
    const KeyCanary *canary;
} KeyGate;

typedef VEC(KeyGate) KeyGates;

static KeyGates list_gates(const Call *call, const KubeadmPeers *peers, const KeyCanary *canary) {
    KeyGates gates = {0};
    vec_each(&peers->items, peer) {
        KeyGate gate = {.call = call, .peers = peers, .peer = *peer, .canary = canary};
        if ((*peer)->node.is_control_plane)
            vec_push(call->arena, &gates, gate);
    }
    return gates;
}

static const char *key_gate_title(const KeyGate *gate, const char *what) {
    Arena *arena = gate->call->arena;
    return str_to_cstr(
        str_format(arena, "the API server of %.*s to %s", STR_ARG(gate->peer->node.name), what),
        arena);
}

bool kubeadm_key_gate_etcd(const KubeadmPeers *peers, EtcdGateway *out, Diags *diags) {
    const KubeadmNode *node = &peers->items.items[0]->node;
    return etcd_gateway_open(node->call, node->via, node->address, &node->pki.etcd_ca, out, diags);
}

/* The file. */

static WaitLook look_reload(void *payload, Wait *wait) {
    const KeyGate *gate = payload;
    SCOPED(ClusterApi) api = {0};
    Diags problems = diags_new(wait->call->arena);
    wait->reason = kubeadm_peer_api(gate->peer, &api, &problems)
                       ? encryption_reload_look(&api, gate->changed)
                       : problems.items[0].detail;
    return wait->reason.len ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

static WaitResult await_reload(KeyGate *gate) {
    WaitUntil until = {.what = key_gate_title(gate, "load its keys"),
                       .look = look_reload,
                       .payload = gate,
                       .timeout_ms = RELOAD_MS,
                       .pauses = {.first_ms = 1000, .last_ms = 4000}};
    return wait_until(gate->call, &until, NULL);
}

/* A restart for the file must find a difference, so the former one returns. */
bool kubeadm_key_gate_reload(const Call *call, const KubeadmPeers *peers, const KeyFile *file,
                             bool *has_late, Diags *diags) {
    KeyGates gates = list_gates(call, peers, NULL);
    *has_late = false;
    vec_each(&gates, gate) {
        if (!encryption_reload_place(&gate->peer->link, file->content, &gate->changed, diags))
            return false;
    }
    vec_each(&gates, gate) {
        WaitResult result = await_reload(gate);
        if (result == WAIT_CANCELLED)
            return path_error(call, NO_PATH, diags, "Change of the encryption stopped",
                              "The run was cancelled. The next apply continues.");
        if (result == WAIT_DONE)
            continue;
        *has_late = true;
        if (!encryption_reload_place(&gate->peer->link, file->former, &gate->changed, diags))
            return false;
    }
    return true;
}

/* The canary. */

static KubeRef canary_ref(const KeyCanary *canary) {
    return (KubeRef){
        .resource = canary->resource, .namespace = STR(NAMESPACE), .name = STR(CANARY)};
}

/* Returns why the canary was not written; its content is another one each time. */
static Str write_canary(const KeyGate *gate, const ClusterApi *api) {
    Arena *arena = api->call.arena;
    char bytes[NONCE_BYTES];
    KubeResponse response;
    random_fill(bytes, sizeof bytes);
    Str nonce = base64_encode(hex_encode((Str){bytes, sizeof bytes}, arena), arena);
    KubeApply apply = {
        .ref = canary_ref(gate->canary),
        .body = str_format(arena,
                           "{\"apiVersion\":\"v1\",\"kind\":\"%.*s\",\"metadata\":{\"name\":"
                           "\"" CANARY "\",\"namespace\":\"" NAMESPACE "\"},\"data\":{\"nonce\":"
                           "\"%.*s\"}}",
                           STR_ARG(gate->canary->resource->kind), STR_ARG(nonce)),
        .manager = STR("loam"),
        .should_force = true,
    };
    return kube_call_apply(&api->call, &apply, &response, NULL) == KUBE_DONE
               ? STR_EMPTY
               : str_format(arena, "it does not write: %.*s", STR_ARG(response.problem));
}

static Str read_canary(const KeyGate *gate) {
    Arena *arena = gate->call->arena;
    EtcdGateway etcd;
    Diags problems = diags_new(arena);
    Str head, key = str_concat(gate->canary->directory, STR(NAMESPACE "/" CANARY), arena);
    if (!kubeadm_key_gate_etcd(gate->peers, &etcd, &problems))
        return problems.items[0].detail;
    Str problem = etcd_values_head(&etcd, key, &head);
    if (problem.len)
        return str_format(arena, "etcd does not respond: %.*s", STR_ARG(problem));
    if (!head.len)
        return STR("etcd does not have its object");
    bool is_good = gate->canary->prefix.len ? str_starts_with(head, gate->canary->prefix)
                                            : !str_starts_with(head, STR(ETCD_VALUES_ENCRYPTED));
    return is_good ? STR_EMPTY : STR("it writes with another key");
}

static WaitLook look_canary(void *payload, Wait *wait) {
    const KeyGate *gate = payload;
    SCOPED(ClusterApi) api = {0};
    Diags problems = diags_new(wait->call->arena);
    wait->reason = kubeadm_peer_api(gate->peer, &api, &problems) ? write_canary(gate, &api)
                                                                 : problems.items[0].detail;
    if (!wait->reason.len)
        wait->reason = read_canary(gate);
    return wait->reason.len ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

static bool delete_canary(const KeyGate *gate, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    KubeDelete request = {.ref = canary_ref(gate->canary),
                          .propagation = KUBE_PROPAGATION_BACKGROUND};
    KubeResponse response;
    if (!kubeadm_peer_api(gate->peer, &api, diags))
        return false;
    KubeOutcome outcome = kube_call_delete(&api.call, &request, &response, diags);
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT ||
           kube_error_report(&api.call, "Object not deleted", &request.ref, &response, diags);
}

bool kubeadm_key_gate_canary(const Call *call, const KubeadmPeers *peers, const KeyCanary *canary,
                             Diags *diags) {
    KeyGates gates = list_gates(call, peers, canary);
    vec_each(&gates, gate) {
        WaitUntil until = {.what = key_gate_title(gate, "encrypt with its key"),
                           .look = look_canary,
                           .payload = gate,
                           .timeout_ms = RELOAD_MS};
        if (!wait_until_done(call, &until, diags))
            return false;
    }
    return delete_canary(&gates.items[0], diags);
}
