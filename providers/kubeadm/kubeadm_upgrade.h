/* kubeadm_upgrade: a node gets another version of Kubernetes, in place. */
#pragma once

#include "kubeadm_node.h"

extern const NestedObject kubeadm_upgrade_snapshot_argument;

/* Before an upgrade of the cluster from this version: writes a snapshot of etcd to the directory
 * that "snapshot_before_upgrade" in `config` names. Without this argument, does nothing. */
MUST_USE bool kubeadm_upgrade_snapshot(const KubeadmNode *node, KubeVersion from, Value config,
                                       Diags *diags);
/* Reads the versions of the two objects; returns false if one is not known. */
MUST_USE bool kubeadm_upgrade_versions(Value prior, Value planned, KubeVersion *from,
                                       KubeVersion *to);
/* For plans of a kubeadm_join: adds an error unless the version may follow that of `prior`. It may
 * skip minor versions if the kubelet of a worker is not too old, or if the state has the
 * kubeadm_init of the cluster, which takes all nodes through the versions between. */
MUST_USE bool kubeadm_upgrade_check(const Call *call, Value prior, Value planned, Diags *diags);
/* Upgrades the node if the version of the planned object differs from that of `prior`. The first
 * control plane comes first, workers after all control planes. */
MUST_USE bool kubeadm_upgrade_run(const KubeadmNode *node, Value prior, bool is_first,
                                  Diags *diags);
/* Waits until a worker may be drained, drains it, runs `change`, and opens it again when its
 * kubelet has the version. */
typedef struct KubeadmWorker {
    const KubeadmNode *node;
    KubeVersion version;
    int64_t limit; /* of workers that are not available at once */
    Str ignored;   /* see KubeadmUpgradeStep */
    bool (*change)(const struct KubeadmWorker *worker, Diags *diags);
} KubeadmWorker;
MUST_USE bool kubeadm_upgrade_worker(const KubeadmWorker *worker, ClusterApi *api, Diags *diags);
