/* kubeadm_change: the configuration of a living cluster, on all control planes of the state, one
 * after the other. Arguments whose class has no way yet are errors of the plan. */
#pragma once

#include "kubeadm_peer.h"

/* Rejects changes that are not possible, and adds a note for each part that changes: flags of the
 * components, names of the certificate. Connects to a machine only for another registry of images.
 * `joins`: the machine of the object joins the cluster in the same apply. */
MUST_USE bool kubeadm_change_plan(const Call *call, const PlanRequest *request, bool joins,
                                  PlanResponse *response, Diags *diags);
/* Returns the static pods whose manifests the planned change replaces: names without "kube-",
 * separated by blanks. Empty: none, or an earlier change is not finished. */
Str kubeadm_change_pods(const Call *call, Value prior, Value planned);
/* Returns the path of the flags of such a pod, such as "cluster.scheduler.extra_args". */
const char *kubeadm_change_flags(Str pod);
/* Returns the InitConfiguration of the control plane; `runtime` is that of its machine. */
Str kubeadm_change_init_document(const KubeadmPeer *peer, const NodeRuntime *runtime, Arena *arena);
/* Before an upgrade from `prior`: sets the registry of the images for kubeadm to that of the node's
 * object, unless neither has one. */
MUST_USE bool kubeadm_change_set_repository(const KubeadmNode *node, Value prior, Diags *diags);
/* Returns whether the planned change makes new certificates of API servers. */
bool kubeadm_change_is_certified(const Call *call, Value prior, Value planned);
/* Changes the cluster from `prior` to the planned object of the node, or completes a change that an
 * earlier run has begun; then the former configuration is that of before the earlier run. */
MUST_USE bool kubeadm_change_run(const KubeadmNode *node, Value prior, Diags *diags);
