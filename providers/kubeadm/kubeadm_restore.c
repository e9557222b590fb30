/* kubeadm_restore: checks, and the Nodes that no machine has any more. */
#include "kubeadm_restore.h"
#include "kube_object.h"
#include "kubeadm_encryption.h"
#include "kubeadm_peer.h"
#include "node_object.h"
#include "path_error.h"
#include "remote_script.h"

#define DIRECTORY    "/var/lib/loam/restore"
#define KUBELET_PORT 10250
#define LOOK_MS      INT64_C(5000)

/* An unknown certificate or version is checked by the apply. */
static Str kubeadm_restore_check_cluster(Value object, const EtcdSnapshot *snapshot, Arena *arena) {
    Str ca = node_pki_read(object, "pki", arena).ca.certificate;
    Str hash = ca.len ? pki_discovery_hash(ca, arena) : STR_EMPTY;
    KubeVersion taken, wanted;
    if (!snapshot->cluster.len) /* a plain file */
        return STR_EMPTY;
    if (hash.len && !str_equal(hash, snapshot->cluster))
        return str_format(arena,
                          "it is of the cluster %.*s, but \"pki\" has the certificate authority "
                          "%.*s. Give the kubeadm_pki of the former cluster",
                          STR_ARG(snapshot->cluster), STR_ARG(hash));
    if (!kube_version_parse(object_text(object, "kubernetes_version", STR_EMPTY), &wanted))
        return STR_EMPTY;
    bool is_same = kube_version_parse(snapshot->kubernetes_version, &taken) &&
                   taken.major == wanted.major && taken.minor == wanted.minor;
    return is_same ? STR_EMPTY
                   : str_format(arena,
                                "it was taken with Kubernetes %.*s. Restore it with the same minor "
                                "version, then upgrade",
                                STR_ARG(snapshot->kubernetes_version));
}

static bool restore_has_external_etcd(Value object, Arena *arena) {
    Value cluster = object_nested(object, "cluster", arena);
    return object_has(object_nested(cluster, "etcd", arena), "external");
}

bool kubeadm_restore_check(const Call *call, Value object, Value config, EtcdSource *out,
                           Diags *diags) {
    Str ca = node_pki_read(object, "pki", call->arena).ca.certificate;
    Str cluster = ca.len ? pki_discovery_hash(ca, call->arena) : STR_EMPTY;
    *out = (EtcdSource){.call = call};
    if (restore_has_external_etcd(object, call->arena))
        return path_error(call, PATH_AT(call, {"restore"}), diags, "External etcd",
                          "loam restores only the etcd that kubeadm runs. Restore the external "
                          "etcd yourself, and remove this argument.");
    if (!etcd_source_open(call, "restore", config, cluster, out, diags))
        return false;
    if (!out->head.id.len)
        return true;
    Str problem = kubeadm_restore_check_cluster(object, &out->head, call->arena);
    if (problem.len)
        return etcd_source_reject(out, problem, diags);
    if (!out->head.cluster.len)
        path_warning(call, PATH_AT(call, {"restore"}, {"path"}), diags,
                     "Snapshot without a cluster",
                     "\"%.*s\" does not say of which cluster and version it is. It must be of the "
                     "cluster of \"pki\", and of this minor version of Kubernetes; no former "
                     "control plane may run.",
                     STR_ARG(out->name));
    return kubeadm_encryption_check_snapshot(call, object, out, diags);
}

/* Clusters that still run. */

static bool report_alive(const Call *call, Str host, Diags *diags) {
    return path_error(call, PATH_AT(call, {"restore"}), diags, "The cluster still runs",
                      "%.*s is a control plane that responds. A restored cluster beside it would "
                      "have the same names and keys with other data. Remove this argument, or stop "
                      "and reset all former control planes first.",
                      STR_ARG(host));
}

static bool remains(const Call *call, const KubeadmPeer *peer) {
    Str host = object_text(peer->object, "host", STR_EMPTY);
    return peer->node.is_control_plane && !call_loses(call, host) &&
           !call_loses(call, peer->node.address);
}

bool kubeadm_restore_is_ignored(const Call *call, Value prior) {
    SCOPED(KubeadmPeers) peers = {0};
    Diags ignored = diags_new(call->arena);
    if (!kubeadm_peer_open(call, prior, &peers, &ignored))
        return false;
    for (size_t i = 1; i < peers.items.count && !call_is_cancelled(call); i++) {
        SCOPED(ClusterApi) api = {0};
        KubeadmPeer *peer = peers.items.items[i];
        ssh_client_limit_to_plan(&peer->link);
        if (remains(call, peer) && kubeadm_peer_api(peer, &api, &ignored) &&
            cluster_api_is_ready(&api))
            return true;
    }
    return false;
}

static bool read_restored(SshLink *link, Str *out, Diags *diags) {
    SshResult result;
    if (!remote_script_run(link, (RemoteScript){"cat /etc/loam/restored 2>/dev/null; true"},
                           &result, diags))
        return false;
    *out = str_trim(result.out);
    return true;
}

/* Another snapshot may be the newest one now than the one that was restored. */
static bool has_restored(const EtcdSource *source, Str restored) {
    return source->is_newest ? restored.len > 0 : str_equal(restored, source->head.id);
}

bool kubeadm_restore_check_lost(const Call *call, Value object, const EtcdSource *source,
                                Diags *diags) {
    SCOPED(SshLink) link = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode node;
    Diags ignored = diags_new(call->arena);
    Str restored;
    if (!kubeadm_node_open(call, object, object_text(object, "id", STR_EMPTY), &link, &node, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    if (!read_restored(&link, &restored, &ignored) || has_restored(source, restored) ||
        !kubeadm_node_api(&node, &api, &ignored) || !cluster_api_is_ready(&api))
        return true;
    return report_alive(call, node.endpoint, diags);
}

bool kubeadm_restore_check_done(const KubeadmNode *node, const EtcdSource *source, Diags *diags) {
    Str restored;
    return read_restored(node->link, &restored, diags) &&
           (has_restored(source, restored) ||
            report_alive(node->call, node->link->target.host, diags));
}

static int kubeadm_restore_discard(void *, Str) {
    return 0;
}

/* etcd reports its version also without a quorum. */
static bool check_members(const KubeadmNode *node, const EtcdSnapshot *snapshot, Diags *diags) {
    EtcdGateway etcd;
    HttpSink sink = {.write = kubeadm_restore_discard};
    if (!etcd_gateway_open(node->call, node->link, node->address, &node->pki.etcd_ca, &etcd, diags))
        return false;
    vec_each(&snapshot->members, member) {
        EtcdRequest request = {.host = *member, .path = "/version", .timeout_ms = LOOK_MS};
        if (!etcd_gateway_send(&etcd, &request, &sink).len)
            return report_alive(node->call, *member, diags);
    }
    return true;
}

static Str advertised(const KubeadmNode *node, Arena *arena) {
    Value init = object_nested(node->object, "init", arena);
    Value endpoint = object_nested(init, "local_api_endpoint", arena);
    return object_text(endpoint, "advertise_address", node->address);
}

bool kubeadm_restore_begin(const KubeadmNode *node, EtcdSource *source, KubeadmRestore *out,
                           Diags *diags) {
    Arena *arena = node->call->arena;
    const EtcdSnapshot *snapshot = &source->head;
    *out = (KubeadmRestore){
        .path = str_format(arena, DIRECTORY "/%.*s.db", STR_ARG(snapshot->id)),
        .id = snapshot->id,
        .name = node->name,
        .peer_url =
            str_concat(STR("https://"), ssh_endpoint(advertised(node, arena), 2380, arena), arena),
    };
    return check_members(node, snapshot, diags) &&
           etcd_source_copy(source, node->link, out->path, diags);
}

/* Nodes of lost machines. */

/* A kubelet responds with a certificate of its own, so any handshake counts. */
static bool has_kubelet(const KubeadmNode *node, Str address) {
    const Call *call = node->call;
    const Http *http = call->io->http;
    Diags ignored = diags_new(call->arena);
    uint16_t port;
    if (!ssh_client_tunnel(node->link, address, KUBELET_PORT, &port, &ignored))
        return true;
    HttpRequest request = {
        .url = str_format(call->arena, "https://127.0.0.1:%u/", port),
        .no_proxy = STR("127.0.0.1"),
        .skip_verify = true,
        .only_connects = true,
        .connect_timeout_ms = LOOK_MS,
        .timeout_ms = LOOK_MS,
        .cancel = call->cancel,
        .cancel_at = CANCEL_NOW,
    };
    HttpSink sink = {.write = kubeadm_restore_discard};
    HttpResponse response = {0};
    Str problem;
    HttpStatus status =
        http->attempt(http->self, &request, &sink, &response, &problem, call->arena);
    return status == HTTP_DONE || status == HTTP_CANCELLED;
}

static bool delete_lost(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    Value items;
    if (!node_object_list(api, &items, diags))
        return false;
    for (size_t i = 0; i < items.count; i++) {
        Str name = kube_object_text(value_at(items, i), "metadata", "name");
        Str address = node_object_address(value_at(items, i));
        if (str_equal(name, node->name) || (address.len && has_kubelet(node, address)))
            continue;
        if (call_is_cancelled(node->call) || !node_object_delete(api, name, diags))
            return false;
    }
    return true;
}

bool kubeadm_restore_finish(const KubeadmNode *node, const ClusterApi *api, Diags *diags) {
    SshResult result;
    Str restored;
    if (!read_restored(node->link, &restored, diags))
        return false;
    if (!restored.len)
        return true;
    return delete_lost(node, api, diags) &&
           remote_script_run(node->link, (RemoteScript){"rm -f /etc/loam/restored"}, &result,
                             diags);
}
