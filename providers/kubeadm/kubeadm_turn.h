/* kubeadm_turn: what changes of members of etcd share, in a change of the configuration and before
 * an upgrade: their order, the time of each step, and the gates between them. */
#pragma once

#include "kubeadm_peer.h"

#define KUBEADM_DEFAULT_PKI "/etc/kubernetes/pki" /* of "certificates_dir" */

typedef struct KubeadmTurn {
    const KubeadmNode *node; /* control plane through whose machine etcd is asked */
    StrVec hosts;            /* addresses of the members that change */
    bool (*change)(void *payload, size_t index, Diags *diags); /* `index` of `hosts` */
    void *payload;
} KubeadmTurn;

/* Changes one member after the other, the leader last. Before each one, all members are healthy,
 * with close revisions and no alarm. */
MUST_USE bool kubeadm_turn_run(const KubeadmTurn *turn, Diags *diags);
/* Returns the directory of the certificates, which the kubeadm_init names. */
Str kubeadm_turn_pki(const KubeadmPeers *peers);
/* Returns the time of each pod in the steps of so many control planes. */
int64_t kubeadm_turn_limit_ms(const Call *call, size_t count);
/* Waits for the end of a step that an interrupted run has left on the machine. If its API server is
 * not ready then, puts the former files back: a step that was killed can leave a control plane that
 * does not start. */
MUST_USE bool kubeadm_turn_mend(const KubeadmPeers *peers, KubeadmPeer *peer, Diags *diags);
/* Waits until the node reports to the API server of its changed control plane, and all control
 * planes are healthy. */
MUST_USE bool kubeadm_turn_pass(const KubeadmPeers *peers, const KubeadmPeer *peer, Diags *diags);
