/* kubeadm_peer: tries each control plane of the state, then the endpoint. */
#include "kubeadm_peer.h"
#include "path_error.h"

static const char *const types[] = {"kubeadm_init", "kubeadm_join"};

FoundObjects kubeadm_peer_list(const KubeadmNode *node) {
    FoundObjects peers = {0};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        FoundObjects found = call_find_objects(node->call, types[i]);
        vec_each(&found, one) {
            if (str_equal(object_text(one->object, "endpoint", STR_EMPTY), node->endpoint))
                vec_push(node->call->arena, &peers, *one);
        }
    }
    return peers;
}

/* kubeadm_init has no such attribute. */
static bool peer_is_control_plane(Value object) {
    Value given;
    return !value_find(object, STR("control_plane"), &given) || value_is_true(given);
}

/* Returns why the API server is not ready; empty if it is. */
static Str try_api(const KubeadmNode *node) {
    SCOPED(ClusterApi) api = {0};
    Diags problems = diags_new(node->call->arena);
    if (!kubeadm_node_api(node, &api, &problems))
        return problems.items[0].detail;
    return cluster_api_is_ready(&api) ? STR_EMPTY : STR("its API server is not ready");
}

static Str try_peer(KubeadmNode *node, Value object, SshLink *link) {
    KubeadmNode peer;
    Diags problems = diags_new(node->call->arena);
    if (!kubeadm_node_open(node->call, object, STR_EMPTY, link, &peer, &problems))
        return problems.items[0].detail;
    ssh_client_limit_connections_to_plan(link);
    node->via = link;
    node->via_endpoint = kubeadm_node_own_endpoint(&peer);
    return try_api(node);
}

static void peer_note(StrBuf *out, Str name, Str problem) {
    strbuf_add_format(out, "\n%.*s: %.*s", STR_ARG(name), STR_ARG(problem));
}

bool kubeadm_peer_find(KubeadmNode *node, SshLink *link, Diags *diags) {
    const Call *call = node->call;
    StrBuf tried = strbuf_new(call->arena);
    FoundObjects peers = kubeadm_peer_list(node);
    vec_each(&peers, peer) {
        if (!peer_is_control_plane(peer->object) ||
            str_equal(object_text(peer->object, "node_name", STR_EMPTY), node->name))
            continue;
        Str problem = try_peer(node, peer->object, link);
        if (!problem.len)
            return true;
        peer_note(&tried, peer->address, problem);
        ssh_client_release(link);
    }
    node->via = NULL;
    node->via_endpoint = node->endpoint;
    Str problem = try_api(node);
    if (!problem.len)
        return true;
    peer_note(&tried, node->endpoint, problem);
    return path_error(call, NO_PATH, diags, "No control plane of the cluster responds",
                      "%.*s does not respond, so the requests that remove the node \"%.*s\" need "
                      "another control plane. Repair one and apply again, or delete the whole "
                      "cluster. To leave the node in the cluster, run \"loam state rm '%.*s'\"."
                      "%.*s",
                      STR_ARG(node->link->target.host), STR_ARG(node->name), STR_ARG(call->address),
                      STR_ARG(strbuf_str(&tried)));
}
