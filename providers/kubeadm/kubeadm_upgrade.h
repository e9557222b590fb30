/* kubeadm_upgrade: a node gets another version of Kubernetes, in place. */
#pragma once

#include "kubeadm_node.h"

extern const NestedObject kubeadm_upgrade_snapshot_argument;

/* Before an upgrade of the cluster: writes a snapshot of etcd to the directory that
 * "snapshot_before_upgrade" in `config` names. Without this argument, does nothing. */
MUST_USE bool kubeadm_upgrade_snapshot(const KubeadmNode *node, Value prior, Value config,
                                       Diags *diags);
/* Adds an error unless the version may follow that of `prior`. */
MUST_USE bool kubeadm_upgrade_check(const Call *call, Value prior, Value planned, Diags *diags);
/* Upgrades the node if the version of the planned object differs from that of `prior`. The first
 * control plane comes first, workers after all control planes. */
MUST_USE bool kubeadm_upgrade_run(const KubeadmNode *node, Value prior, bool is_first,
                                  Diags *diags);
