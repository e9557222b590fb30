/* kubeadm_turn: the loop over the members, and its gates. */
#include "kubeadm_turn.h"
#include "control_plane_step.h"
#include "etcd_turn.h"
#include "kubeadm_gate.h"
#include "node_object.h"

#define POD_MS    INT64_C(240000)
#define ALL_PODS  "etcd apiserver controller-manager scheduler"
#define USER_PODS "apiserver controller-manager scheduler" /* of files */

Str kubeadm_turn_pki(const KubeadmPeers *peers) {
    const KubeadmNode *first = &peers->items.items[0]->node;
    return object_text(object_nested(first->object, "cluster", first->call->arena),
                       "certificates_dir", STR(KUBEADM_DEFAULT_PKI));
}

int64_t kubeadm_turn_limit_ms(const Call *call, size_t count) {
    int64_t left = call_time_left_ms(call);
    int64_t most = left ? left / (int64_t)count / 2 : POD_MS;
    return most < POD_MS ? most : POD_MS;
}

static bool is_ready(const KubeadmPeer *peer) {
    SCOPED(ClusterApi) api = {0};
    Diags ignored = diags_new(peer->node.call->arena);
    return kubeadm_peer_api(peer, &api, &ignored) && cluster_api_is_ready(&api);
}

bool kubeadm_turn_mend(const KubeadmPeers *peers, KubeadmPeer *peer, Diags *diags) {
    ControlPlaneStep step = {
        .id = peer->node.id,
        .pods = STR(ALL_PODS),
        .server = kubeadm_node_own_endpoint(&peer->node),
        .pki = kubeadm_turn_pki(peers),
        .file_users = STR(USER_PODS),
        .limit_ms = POD_MS,
    };
    return control_plane_step_settle(&peer->link, step.id, diags) &&
           (is_ready(peer) || control_plane_step_restore(&peer->link, &step, diags));
}

bool kubeadm_turn_pass(const KubeadmPeers *peers, const KubeadmPeer *peer, Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    const Call *call = peer->node.call;
    return kubeadm_peer_api(peer, &api, diags) &&
           cluster_api_wait(call, &api, KUBEADM_NODE_READY_MS, diags) &&
           node_object_wait_version(call, &api, peer->node.name, (KubeVersion){0}, diags) &&
           kubeadm_gate_wait(call, peers, KUBEADM_GATE_SERVERS, diags);
}

/* Sets *index to that of the next one. */
static bool take_turn(const KubeadmTurn *turn, const StrVec *hosts, size_t *index, Diags *diags) {
    const KubeadmNode *node = turn->node;
    EtcdGateway etcd;
    return etcd_gateway_open(node->call, node->link, node->address, &node->pki.etcd_ca, &etcd,
                             diags) &&
           etcd_turn_take(&etcd, hosts, index, diags);
}

bool kubeadm_turn_run(const KubeadmTurn *turn, Diags *diags) {
    Arena *arena = turn->node->call->arena;
    bool *has_changed = arena_new_array(arena, bool, turn->hosts.count);
    size_t *indexes = arena_new_array(arena, size_t, turn->hosts.count);
    for (size_t done = 0; done < turn->hosts.count; done++) {
        StrVec left = {0};
        size_t next = 0;
        for (size_t i = 0; i < turn->hosts.count; i++) {
            if (has_changed[i])
                continue;
            indexes[left.count] = i;
            vec_push(arena, &left, turn->hosts.items[i]);
        }
        if (!take_turn(turn, &left, &next, diags) ||
            !turn->change(turn->payload, indexes[next], diags))
            return false;
        has_changed[indexes[next]] = true;
    }
    return true;
}
