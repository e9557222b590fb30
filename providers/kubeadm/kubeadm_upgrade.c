/* kubeadm_upgrade: kubeadm upgrade, with a check of the node after it. */
#include "kubeadm_upgrade.h"
#include "kubeadm_step.h"
#include "node_drain.h"
#include "node_object.h"
#include "path_error.h"

static bool versions_of(Value prior, Value planned, KubeVersion *from, KubeVersion *to) {
    return kube_version_parse(object_text(prior, "kubernetes_version", STR_EMPTY), from) &&
           kube_version_parse(object_text(planned, "kubernetes_version", STR_EMPTY), to);
}

bool kubeadm_upgrade_check(const Call *call, Value prior, Value planned, Diags *diags) {
    KubeVersion from, to;
    if (!versions_of(prior, planned, &from, &to))
        return true;
    Str problem = kube_version_check_upgrade(from, to, call->arena);
    return !problem.len || path_error(call, PATH_AT(call, {"kubernetes_version"}), diags,
                                      "Upgrade not possible", "%.*s", STR_ARG(problem));
}

static bool check_programs(const KubeadmNode *node, KubeVersion version, Diags *diags) {
    static const char *const programs[] = {"kubeadm", "kubelet"};
    HostLook look;
    KubeVersion found;
    if (!host_look(node->link, NULL, &look, diags))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(programs); i++) {
        Str text = host_facts_find(&look.facts.versions, programs[i]);
        if (!kube_version_parse(text, &found) || kube_version_compare(found, version) != 0)
            return path_error(node->call, PATH_AT(node->call, {"kubernetes_version"}), diags,
                              "Program of another version",
                              "%.*s has %s %.*s. Give kubeadm_host the same version, and let this "
                              "resource depend on it.",
                              STR_ARG(node->link->target.host), programs[i], STR_ARG(text));
    }
    return true;
}

/* Workers wait for all control planes, because a kubelet must not be newer than any API server. */
static bool upgrade_worker(
    const KubeadmNode *node, ClusterApi *api, KubeVersion version, Str text, Diags *diags) {
    return node_object_wait_version(node->call, api, STR_EMPTY, version, diags) &&
           node_drain(node->call, api, node->name, NODE_DRAIN_MS, diags) &&
           kubeadm_step_upgrade(node->link, node->id, KUBEADM_UPGRADE_NODE, text, diags) &&
           kubeadm_node_reopen(node, api, diags) &&
           node_object_wait_version(node->call, api, node->name, version, diags) &&
           node_object_cordon(api, node->name, false, diags);
}

static bool upgrade_control_plane(const KubeadmNode *node,
                                  ClusterApi *api,
                                  bool is_first,
                                  KubeVersion version,
                                  Str text,
                                  Diags *diags) {
    KubeadmUpgrade kind = is_first ? KUBEADM_UPGRADE_APPLY : KUBEADM_UPGRADE_NODE;
    return kubeadm_step_upgrade(node->link, node->id, kind, text, diags) &&
           kubeadm_node_reopen(node, api, diags) &&
           cluster_api_wait(node->call, api, KUBEADM_NODE_READY_MS, diags) &&
           node_object_wait_version(node->call, api, node->name, version, diags);
}

bool kubeadm_upgrade_run(const KubeadmNode *node, Value prior, bool is_first, Diags *diags) {
    KubeVersion from, to;
    if (!versions_of(prior, node->object, &from, &to) || kube_version_compare(from, to) == 0)
        return true;
    SCOPED(ClusterApi) api = {0};
    Str text = str_concat(STR("v"), kube_version_text(to, node->call->arena), node->call->arena);
    if (!kubeadm_upgrade_check(node->call, prior, node->object, diags) ||
        !check_programs(node, to, diags) || !kubeadm_node_api(node, &api, diags) ||
        !cluster_api_wait(node->call, &api, KUBEADM_NODE_READY_MS, diags))
        return false;
    bool is_good = node->is_control_plane
                       ? upgrade_control_plane(node, &api, is_first, to, text, diags)
                       : upgrade_worker(node, &api, to, text, diags);
    if (is_good)
        kubeadm_step_end_upgrade(node->link, node->id, text);
    return is_good;
}
