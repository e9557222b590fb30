/* kubeadm_restore: the data of etcd from a snapshot, for a cluster whose machines are lost.
 *
 * The snapshot is decrypted on this computer and streamed to the new machine, where kubeadm_step
 * restores it before kubeadm runs, and removes it. Until the Nodes of lost machines are deleted,
 * /etc/loam/restored names the snapshot, so that a later apply continues. */
#pragma once

#include "etcd_source.h"
#include "kubeadm_node.h"
#include "kubeadm_step.h"

/* Reads the description of the snapshot in `restore` of `config`, which may have the write-only
 * values. Adds an error if it is no snapshot, or not one of the cluster and minor version of
 * `object`; unknown arguments are not checked. The caller closes *out, also after a failure. */
MUST_USE bool kubeadm_restore_check(const Call *call, Value object, Value config, EtcdSource *out,
                                    Diags *diags);
/* Returns whether a replaced machine joins a cluster, so that the snapshot is not used: another
 * control plane of the state responds, and this plan does not remove it. `prior`: the object. */
bool kubeadm_restore_is_ignored(const Call *call, Value prior);
/* For plans of a cluster that exists: adds an error if its control plane runs. A machine that
 * cannot be read is no error: the apply checks again. */
MUST_USE bool kubeadm_restore_check_lost(const Call *call, Value object, const EtcdSource *source,
                                         Diags *diags);
/* Adds an error unless the data of this machine, a control plane, come from the snapshot. */
MUST_USE bool kubeadm_restore_check_done(const KubeadmNode *node, const EtcdSource *source,
                                         Diags *diags);
/* Checks that no member of the snapshot's etcd responds, and copies the snapshot to the machine;
 * *out is for the step that runs kubeadm. */
MUST_USE bool kubeadm_restore_begin(const KubeadmNode *node, EtcdSource *source,
                                    KubeadmRestore *out, Diags *diags);
/* After a restored cluster responds: deletes the Nodes of machines without a kubelet. Does nothing
 * on a machine whose data are not restored. */
MUST_USE bool kubeadm_restore_finish(const KubeadmNode *node, const ClusterApi *api, Diags *diags);
