/* kubeadm_gate: one look at all parts, repeated until none has a reason to wait. */
#include "kubeadm_gate.h"
#include "etcd_members.h"
#include "kube_object.h"
#include "node_object.h"
#include "path_error.h"
#include "wait_until.h"

#define GATE_MS INT64_C(600000)

typedef struct GateLook {
    const KubeadmPeers *peers;
    KubeadmGate gate;
} GateLook;

/* Each function returns why the upgrade must wait; empty: it need not. */

static Str look_server(const KubeadmPeer *peer, Arena *arena) {
    SCOPED(ClusterApi) api = {0};
    Diags problems = diags_new(arena);
    KubeVersion found;
    if (!kubeadm_peer_api(peer, &api, &problems))
        return problems.items[0].detail;
    if (!cluster_api_is_ready(&api))
        return str_format(arena, "the API server of %.*s is not ready", STR_ARG(peer->node.name));
    if (!peer->wanted.major)
        return STR_EMPTY;
    if (!cluster_api_version(&api, &found))
        return str_format(arena, "the API server of %.*s does not tell its version",
                          STR_ARG(peer->node.name));
    if (kube_version_compare(found, peer->wanted) >= 0)
        return STR_EMPTY;
    return str_format(arena, "the API server of %.*s has %.*s instead of %.*s",
                      STR_ARG(peer->node.name), STR_ARG(kube_version_text(found, arena)),
                      STR_ARG(kube_version_text(peer->wanted, arena)));
}

static Value gate_etcd_argument(const KubeadmPeer *peer) {
    Arena *arena = peer->node.call->arena;
    return object_nested(object_nested(peer->object, "cluster", arena), "etcd", arena);
}

static bool has_own_etcd(const KubeadmPeer *peer) {
    return !object_has(gate_etcd_argument(peer), "external");
}

/* Lists the members, and their versions. */
static bool list_members(const KubeadmPeer *peer, EtcdNodes *members, KubeVersion *lowest,
                         KubeVersion *highest, Diags *diags) {
    EtcdGateway etcd;
    const KubeadmNode *node = &peer->node;
    if (!etcd_gateway_open(node->call, node->via, node->address, &node->pki.etcd_ca, &etcd,
                           diags) ||
        !etcd_members_list(&etcd, members, diags))
        return false;
    for (size_t i = 0; i < members->count; i++) {
        const EtcdNode *member = &members->items[i];
        KubeVersion found;
        if (!member->client_urls.count ||
            !etcd_members_version(&etcd, etcd_members_host(member->client_urls.items[0]), &found))
            found = (KubeVersion){0};
        if (i == 0 || kube_version_compare(found, *lowest) < 0)
            *lowest = found;
        if (i == 0 || kube_version_compare(found, *highest) > 0)
            *highest = found;
    }
    return true;
}

static Str gate_look_etcd(const KubeadmPeer *peer, KubeadmGate gate, Arena *arena) {
    EtcdNodes members = {0};
    KubeVersion lowest = {0}, highest = {0};
    Diags problems = diags_new(arena);
    if (!has_own_etcd(peer))
        return STR_EMPTY;
    if (!list_members(peer, &members, &lowest, &highest, &problems))
        return problems.items[0].detail;
    vec_each(&members, node) {
        if (!node->member.is_healthy || node->member.is_learner)
            return str_format(arena, "the member of etcd at %.*s is not healthy",
                              STR_ARG(node->member.peer_url));
    }
    bool must_agree = gate == KUBEADM_GATE_ROUND || gate == KUBEADM_GATE_CHANGE;
    if (!must_agree || kube_version_compare(lowest, highest) == 0)
        return STR_EMPTY;
    return str_format(arena, "members of etcd have versions from %.*s to %.*s",
                      STR_ARG(kube_version_text(lowest, arena)),
                      STR_ARG(kube_version_text(highest, arena)));
}

static Str look_nodes(const ClusterApi *api, Arena *arena) {
    Diags problems = diags_new(arena);
    Value items;
    if (!node_object_list(api, &items, &problems))
        return problems.items[0].detail;
    StrVec lines = node_object_not_ready(items, arena);
    return lines.count ? str_concat(STR("node "), lines.items[0], arena) : STR_EMPTY;
}

/* A Deployment or DaemonSet of kubeadm. */
typedef struct AddOn {
    const char *name;
    const char *path;
    const char *wanted[2]; /* path and name of the number of pods */
    const char *updated;
    const char *available;
} AddOn;

static const AddOn add_ons[] = {
    {"kube-proxy",
     "/apis/apps/v1/namespaces/kube-system/daemonsets",
     {"status", "desiredNumberScheduled"},
     "updatedNumberScheduled",
     "numberAvailable"},
    {"coredns",
     "/apis/apps/v1/namespaces/kube-system/deployments",
     {"spec", "replicas"},
     "updatedReplicas",
     "availableReplicas"},
};

/* A cluster may lack it. */
static Str look_add_on(const ClusterApi *api, const AddOn *add_on, Arena *arena) {
    KubeResponse response = {0};
    Value items;
    if (!cluster_api_list(api, str_from_cstr(add_on->path), &items, &response, NULL))
        return str_format(arena, "%s is not listed: %.*s", add_on->name, STR_ARG(response.problem));
    for (size_t i = 0; i < items.count; i++) {
        Value object = value_at(items, i);
        if (!str_equal_cstr(kube_object_text(object, "metadata", "name"), add_on->name))
            continue;
        int64_t wanted = kube_object_int(object, add_on->wanted[0], add_on->wanted[1]);
        if (kube_object_int(object, "status", "observedGeneration") <
                kube_object_int(object, "metadata", "generation") ||
            kube_object_int(object, "status", add_on->updated) < wanted ||
            kube_object_int(object, "status", add_on->available) < wanted)
            return str_format(arena, "%s is not rolled out", add_on->name);
    }
    return STR_EMPTY;
}

static Str look_cluster(const KubeadmPeer *peer, KubeadmGate gate, Arena *arena) {
    SCOPED(ClusterApi) api = {0};
    Diags problems = diags_new(arena);
    if (!kubeadm_peer_api(peer, &api, &problems))
        return problems.items[0].detail;
    Str reason = look_nodes(&api, arena);
    for (size_t i = 0; gate == KUBEADM_GATE_ROUND && !reason.len && i < ARRAY_COUNT(add_ons); i++)
        reason = look_add_on(&api, &add_ons[i], arena);
    return reason;
}

static WaitLook look_gate(void *payload, Wait *wait) {
    const GateLook *look = payload;
    Arena *arena = wait->call->arena;
    const KubeadmPeer *first = look->peers->items.items[0];
    wait->reason = STR_EMPTY;
    vec_each(&look->peers->items, peer) {
        if ((*peer)->node.is_control_plane && !wait->reason.len)
            wait->reason = look_server(*peer, arena);
    }
    if (!wait->reason.len)
        wait->reason = gate_look_etcd(first, look->gate, arena);
    if (!wait->reason.len && look->gate != KUBEADM_GATE_SERVERS &&
        look->gate != KUBEADM_GATE_CHANGE)
        wait->reason = look_cluster(first, look->gate, arena);
    return wait->reason.len ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

bool kubeadm_gate_wait(const Call *call, const KubeadmPeers *peers, KubeadmGate gate,
                       Diags *diags) {
    GateLook look = {peers, gate};
    WaitUntil until = {.what = "the cluster to be healthy",
                       .look = look_gate,
                       .payload = &look,
                       .timeout_ms = GATE_MS};
    return wait_until_done(call, &until, diags);
}

static bool is_of_peer(const KubeadmPeers *peers, Str address) {
    vec_each(&peers->items, peer) {
        if ((*peer)->node.is_control_plane && str_equal((*peer)->node.address, address))
            return true;
    }
    return false;
}

typedef struct MembersLook {
    const KubeadmPeer *first;
    StrVec addresses;
} MembersLook;

/* An upgrade that an interrupted run left on the node may restart the API server meanwhile. */
static WaitLook look_members(void *payload, Wait *wait) {
    MembersLook *look = payload;
    SCOPED(ClusterApi) api = {0};
    Diags problems = diags_new(wait->call->arena);
    look->addresses.count = 0;
    if (kubeadm_peer_api(look->first, &api, &problems) &&
        node_object_control_planes(&api, STR_EMPTY, &look->addresses, &problems))
        return WAIT_LOOK_DONE;
    wait->reason = problems.items[0].detail;
    return WAIT_LOOK_AGAIN;
}

bool kubeadm_gate_check_complete(const Call *call, const KubeadmPeers *peers, const char *argument,
                                 Diags *diags) {
    MembersLook look = {.first = peers->items.items[0]};
    WaitUntil until = {.what = "the list of control planes",
                       .look = look_members,
                       .payload = &look,
                       .timeout_ms = GATE_MS};
    if (!wait_until_done(call, &until, diags))
        return false;
    vec_each(&look.addresses, address) {
        if (!is_of_peer(peers, *address))
            return path_error(call, PATH_AT(call, {argument}), diags,
                              "Control plane not in the state",
                              "The cluster has a control plane with the address %.*s, which the "
                              "state does not have, so loam cannot change it with the others. "
                              "Import it into a kubeadm_join, or remove it.",
                              STR_ARG(*address));
    }
    return true;
}

bool kubeadm_gate_etcd(const KubeadmPeer *peer, KubeVersion *lowest) {
    Arena *arena = peer->node.call->arena;
    EtcdNodes members = {0};
    KubeVersion highest;
    Diags ignored = diags_new(arena);
    Value local = object_nested(gate_etcd_argument(peer), "local", arena);
    return has_own_etcd(peer) && !object_has(local, "image_tag") && !peer->node.is_imported &&
           list_members(peer, &members, lowest, &highest, &ignored) && lowest->major > 0;
}
