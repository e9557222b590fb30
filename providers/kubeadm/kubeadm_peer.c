/* kubeadm_peer: objects of the state, and their links. */
#include "kubeadm_peer.h"
#include "call_pool.h"
#include "host_look.h"

FoundObjects kubeadm_peer_find(const Call *call, Str endpoint) {
    static const char *const types[] = {"kubeadm_init", "kubeadm_join"};
    FoundObjects peers = {0};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        FoundObjects found = call_find_objects(call, types[i]);
        vec_each(&found, one) {
            if (str_equal(object_text(one->object, "endpoint", STR_EMPTY), endpoint))
                vec_push(call->arena, &peers, *one);
        }
    }
    return peers;
}

/* kubeadm_init has no such attribute. */
bool kubeadm_peer_is_control_plane(Value object) {
    Value given;
    return !value_find(object, STR("control_plane"), &given) || value_is_true(given);
}

FoundObjects kubeadm_peer_nodes(const Call *call, Value own) {
    FoundObjects found = kubeadm_peer_find(call, object_text(own, "endpoint", STR_EMPTY));
    FoundObjects nodes = {0};
    FoundObject first = {call->address, own};
    Str name = object_text(own, "node_name", STR_EMPTY);
    vec_push(call->arena, &nodes, first);
    vec_each(&found, one) {
        if (!str_equal(object_text(one->object, "node_name", STR_EMPTY), name))
            vec_push(call->arena, &nodes, *one);
    }
    return nodes;
}

static RoundNode stored_node(Value object) {
    RoundNode node = {.name = object_text(object, "node_name", STR_EMPTY),
                      .is_control_plane = kubeadm_peer_is_control_plane(object)};
    KubeVersion stored;
    if (kube_version_parse(object_text(object, "kubernetes_version", STR_EMPTY), &stored))
        node.server = node.kubelet = stored;
    return node;
}

void kubeadm_peer_assume(const Call *call, Value own, KubeadmPeers *out) {
    FoundObjects nodes = kubeadm_peer_nodes(call, own);
    *out = (KubeadmPeers){0};
    vec_each(&nodes, node)
        vec_push(call->arena, &out->rounds, stored_node(node->object));
}

StrVec kubeadm_peer_control_planes(const Call *call, Value own) {
    FoundObjects nodes = kubeadm_peer_nodes(call, own);
    StrVec names = {0};
    vec_each(&nodes, node) {
        RoundNode stored = stored_node(node->object);
        if (stored.is_control_plane)
            vec_push(call->arena, &names, stored.name);
    }
    return names;
}

bool kubeadm_peer_open(const Call *call, Value own, KubeadmPeers *out, Diags *diags) {
    FoundObjects nodes = kubeadm_peer_nodes(call, own);
    kubeadm_peer_assume(call, own, out);
    vec_each(&nodes, node) {
        KubeadmPeer *peer = arena_new(call->arena, KubeadmPeer);
        *peer = (KubeadmPeer){.object = node->object};
        if (!kubeadm_node_open(call, node->object, object_text(node->object, "id", STR_EMPTY),
                               &peer->link, &peer->node, diags))
            return false;
        peer->node.is_control_plane = kubeadm_peer_is_control_plane(node->object);
        vec_push(call->arena, &out->items, peer);
    }
    return true;
}

void kubeadm_peer_release(KubeadmPeers *peers) {
    vec_each(&peers->items, peer)
        ssh_client_release(&(*peer)->link);
    *peers = (KubeadmPeers){0};
}

/* What the facts lack stays. */
static void set_versions(const HostFacts *facts, RoundNode *out, Arena *arena) {
    KubeVersion found;
    if (kube_version_parse(facts->server_version, &found))
        out->server = found;
    if (kube_version_parse(host_facts_running_kubelet(facts), &found))
        out->kubelet = found;
    out->unfinished = (StrVec){0};
    vec_each(&facts->rounds, version)
        vec_push(arena, &out->unfinished, str_clone(*version, arena));
}

static void look_at_one(void *payload, size_t index, const Call *call, Arena *keep, Diags *diags) {
    KubeadmPeers *peers = payload;
    KubeadmPeer *peer = peers->items.items[index];
    SCOPED(SshLink) link = {0};
    HostLook look;
    Diags ignored = diags_new(call->arena);
    Diags *problems = call->is_planning ? &ignored : diags;
    if (!ssh_client_link(call, peer->object, &link, problems))
        return;
    if (call->is_planning)
        ssh_client_limit_to_plan(&link);
    if (!host_look(&link, NULL, &look, problems))
        return;
    set_versions(&look.facts, &peers->rounds.items[index], keep);
    peer->node.cgroup = str_clone(look.facts.cgroup, keep);
    peer->node.runtime = host_facts_runtime(&look.facts);
    peer->has_former_files = look.facts.former_files.len > 0;
    bool is_known;
    peer->driver = package_driver_of(&look.facts, &is_known);
    peer->is_read = true;
}

bool kubeadm_peer_look(const Call *call, KubeadmPeers *peers, Diags *diags) {
    size_t count = peers->items.count;
    for (size_t i = 0; i < count; i++)
        peers->items.items[i]->is_read = false;
    call_pool_run(call, count, look_at_one, peers, diags);
    for (size_t i = 0; i < count; i++) {
        if (call->is_planning)
            ssh_client_limit_to_plan(&peers->items.items[i]->link);
        if (!peers->items.items[i]->is_read && (!call->is_planning || call_is_cancelled(call)))
            return false;
    }
    return true;
}

bool kubeadm_peer_api(const KubeadmPeer *peer, ClusterApi *out, Diags *diags) {
    KubeadmNode own = peer->node;
    own.via_endpoint = kubeadm_node_own_endpoint(&peer->node);
    return kubeadm_node_api(&own, out, diags);
}
