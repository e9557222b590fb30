/* kubeadm_member: a machine joins a cluster, changes there, and leaves it. */
#pragma once

#include "kubeadm_node.h"

/* Joins the machine with kubeadm; `join` is a typed JoinConfiguration. A control plane joins only
 * if all members of etcd are healthy. After a failure, *may_exist tells whether kubeadm may run. */
MUST_USE bool kubeadm_member_join(const KubeadmNode *node, Value join, bool *may_exist,
                                  Diags *diags);
/* Before kubeadm makes a control plane: places the "files" of the cluster's kubeadm_init, which is
 * the object of the node or in the state, and the file of its keys. */
MUST_USE bool kubeadm_member_place_files(const KubeadmNode *node, Diags *diags);
/* Waits for the Node and sets labels and annotations; *out is the new state. */
MUST_USE bool kubeadm_member_finish(const KubeadmNode *node, const ClusterApi *api, Value *out,
                                    Diags *diags);
/* Changes labels, annotations and taints to those of the planned object. */
MUST_USE bool kubeadm_member_update(const KubeadmNode *node, Value prior, Diags *diags);
/* For plans: adds an error if etcd would lose its quorum without this control plane. What cannot be
 * read is no error: the removal checks again. */
MUST_USE bool kubeadm_member_check_leave(const KubeadmNode *node, Diags *diags);
/* Removes the node from its cluster in order: drain, etcd, reset, Node. If the machine does not
 * respond, it must be lost: deleted, replaced or found gone by the plan, or the object has
 * "delete_unreachable". Then it is not reset, and the requests go through another control plane. */
MUST_USE bool kubeadm_member_leave(const KubeadmNode *node, Diags *diags);
/* Before a plan replaces the machine of a kubeadm_init, whose cluster stays: the same, if the
 * machine responds and another control plane remains. Otherwise does nothing: the new machine
 * removes the leftovers of the former one when it joins. */
MUST_USE bool kubeadm_member_yield(const KubeadmNode *node, Diags *diags);
/* Resets the machine of a cluster that is deleted as a whole. A lost machine, as above, is a
 * warning. */
MUST_USE bool kubeadm_member_discard(const KubeadmNode *node, Diags *diags);
