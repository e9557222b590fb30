/* kubeadm_gate: whether a cluster is healthy enough for the next step of an upgrade. */
#pragma once

#include "kubeadm_peer.h"

typedef enum KubeadmGate {
    KUBEADM_GATE_SERVERS, /* API servers and etcd alone */
    KUBEADM_GATE_CHANGE,  /* before a change of control planes: same, and members of one version */
    KUBEADM_GATE_NODE,    /* between the nodes of a round */
    KUBEADM_GATE_ROUND,   /* before and after a round: versions agree, and add-ons are rolled out */
} KubeadmGate;

/* Waits until the API servers of all control planes are ready with their wanted versions, all
 * members of etcd are healthy, and between nodes and rounds also until all nodes are ready. Before
 * a change and a round the members of etcd must have one version, and before a round kube-proxy and
 * CoreDNS must be rolled out. */
MUST_USE bool kubeadm_gate_wait(const Call *call, const KubeadmPeers *peers, KubeadmGate gate,
                                Diags *diags);
/* Adds an error at the argument if the cluster has a control plane that is not among the peers. */
MUST_USE bool kubeadm_gate_check_complete(const Call *call, const KubeadmPeers *peers,
                                          const char *argument, Diags *diags);
/* Sets *lowest to the oldest version of a member of etcd. Returns false if it is not known: etcd is
 * external, has an image that the user named, or does not respond. */
bool kubeadm_gate_etcd(const KubeadmPeer *peer, KubeVersion *lowest);
