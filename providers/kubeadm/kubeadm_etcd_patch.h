/* kubeadm_etcd_patch: the later patch that members of etcd need before the round of an upgrade that
 * brings their next minor version, because kubeadm of the version before has none (kube_release).
 * The static pods alone get its image: the ClusterConfiguration keeps no tag, with which kubeadm
 * would never upgrade etcd again. An etcd that is external, or whose image the user names, is not
 * changed. */
#pragma once

#include "kubeadm_peer.h"

typedef struct EtcdPatch {
    const Call *call;
    KubeadmPeers *peers; /* after kubeadm_peer_look */
    Value object;        /* planned, of the kubeadm_init */
    KubeVersion to;      /* of the cluster at the end of the upgrade */
} EtcdPatch;

/* Returns whether loam changes the image of the cluster's etcd. */
bool kubeadm_etcd_patch_is_possible(const EtcdPatch *patch);
/* For a plan in which members of etcd have *etcd before the round, for which they are too old: sets
 * the patch and the members of the round, and *etcd. `is_present`: the members have *etcd now, else
 * a round before brings it. Adds an error if machines get their images from bundles that have none
 * of such a patch; a bundle that the plan does not show yet is left to the apply. */
MUST_USE bool kubeadm_etcd_patch_plan(const EtcdPatch *patch, KubeRound *round, bool is_present,
                                      KubeVersion *etcd, Diags *diags);
/* Before the round: gives members that are too old the image, one at a time, the leader last, and
 * completes steps of an interrupted run. A member that does not run with it gets the former one
 * back, and the upgrade stops. Does nothing if no member is too old. */
MUST_USE bool kubeadm_etcd_patch_run(const EtcdPatch *patch, const KubeRound *round, Diags *diags);
