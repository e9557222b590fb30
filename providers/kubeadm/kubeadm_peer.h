/* kubeadm_peer: the other nodes of a cluster, which the state has, reached by their own arguments
 * of the connection. */
#pragma once

#include "kube_rounds.h"
#include "kubeadm_node.h"
#include "package_driver.h"

/* Returns the other objects of the node's cluster that the state has. */
FoundObjects kubeadm_peer_find(const Call *call, Str endpoint);
/* Returns all nodes of the cluster that the state has, `own` first, which is that of kubeadm_init.
 */
FoundObjects kubeadm_peer_nodes(const Call *call, Value own);
/* Returns whether the object, of any type of a node, is a control plane. */
bool kubeadm_peer_is_control_plane(Value object);

typedef struct KubeadmPeer {
    KubeadmNode node;
    SshLink link;
    Value object;
    KubeVersion wanted; /* that the API server of a control plane must have; 0: any */
    /* Of kubeadm_peer_look. */
    bool is_read;                /* the machine responded */
    bool has_former_files;       /* a step that changes it has not ended */
    const PackageDriver *driver; /* NULL: none */
} KubeadmPeer;

/* All nodes of a cluster, that of kubeadm_init first. `rounds` has the same indexes. */
typedef struct KubeadmPeers {
    VEC(KubeadmPeer *) items;
    RoundNodes rounds;
} KubeadmPeers;

/* Opens links to all nodes; `own` is the object of the kubeadm_init. Connects to no machine. The
 * caller releases *out, also after an error. */
MUST_USE bool kubeadm_peer_open(const Call *call, Value own, KubeadmPeers *out, Diags *diags);
void kubeadm_peer_release(KubeadmPeers *peers);
SCOPED_TYPE(KubeadmPeers, kubeadm_peer_release);

/* Sets out->rounds alone, to the versions of the objects, without links. */
void kubeadm_peer_assume(const Call *call, Value own, KubeadmPeers *out);
/* Returns the names of the control planes that the state has, that of `own` first. */
StrVec kubeadm_peer_control_planes(const Call *call, Value own);
/* Reads the versions of all nodes from their machines, their container runtime and cgroup. In a
 * plan, a machine that does not respond has the version of its object. */
MUST_USE bool kubeadm_peer_look(const Call *call, KubeadmPeers *peers, Diags *diags);
/* Opens requests to the API server of this control plane. */
MUST_USE bool kubeadm_peer_api(const KubeadmPeer *peer, ClusterApi *out, Diags *diags);
