/* kubeadm_peer: another control plane of a node's cluster, through which requests go when the
 * node's own machine does not respond. */
#pragma once

#include "kubeadm_node.h"

/* Returns the other objects of the node's cluster that the state has. */
FoundObjects kubeadm_peer_list(const KubeadmNode *node);
/* Finds a control plane whose API server is ready, among the other objects of the state, and sets
 * `via` of the node; else tries the endpoint without a machine. Adds an error if none is ready. The
 * caller releases *link, which the node refers to. */
MUST_USE bool kubeadm_peer_find(KubeadmNode *node, SshLink *link, Diags *diags);
