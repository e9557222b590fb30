/* kubeadm_upgrade: a node gets another version of Kubernetes, in place. */
#pragma once

#include "kubeadm_node.h"

/* Adds an error unless the version may follow that of `prior`. */
MUST_USE bool kubeadm_upgrade_check(const Call *call, Value prior, Value planned, Diags *diags);
/* Upgrades the node if the version of the planned object differs from that of `prior`. The first
 * control plane comes first, workers after all control planes. */
MUST_USE bool kubeadm_upgrade_run(const KubeadmNode *node,
                                  Value prior,
                                  bool is_first,
                                  Diags *diags);
