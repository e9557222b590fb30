/* kubeadm_kubelet: the configuration of kubelets: of all nodes of a cluster, and patch and flags of
 * one. Control planes change one at a time, then as many workers at once as max_unavailable allows.
 */
#pragma once

#include "change_step.h"
#include "kubeadm_peer.h"

/* What kubelets get. */
typedef struct KubeletWish {
    Value config;  /* KubeletConfiguration of the cluster */
    StrVec fields; /* that may differ on a node */
    Value given;   /* argument of kubeadm_init */
} KubeletWish;

/* For the plan of a kubeadm_init: adds a note with nodes and fields if `kubelet` changes. */
void kubeadm_kubelet_plan(const Call *call, const PlanRequest *request, PlanResponse *response);
/* Changes all nodes whose kubelet has another configuration than the cluster, which has got
 * wish->config. Adds errors unless CHANGE_STEP_DONE. *changed gets the names of nodes that have the
 * new configuration. */
ChangeOutcome kubeadm_kubelet_run(const Call *call, const KubeadmPeers *peers,
                                  const KubeletWish *wish, StrVec *changed, Diags *diags);

/* For kubeadm_join: checks `kubelet_patch` of a configuration. */
MUST_USE bool kubeadm_kubelet_validate(const Call *call, Value config, Diags *diags);
void kubeadm_kubelet_plan_patch(const Call *call, const PlanRequest *request,
                                PlanResponse *response);
/* For the plan of a node that exists: adds notes if the flags of its registration change. A flag
 * that an existing node cannot change replaces a kubeadm_join, and is an error of a kubeadm_init.
 */
MUST_USE bool kubeadm_kubelet_plan_flags(const Call *call, const PlanRequest *request,
                                         PlanResponse *response, Diags *diags);
/* Gives the node its patch and its flags if they differ from those of `prior`. */
MUST_USE bool kubeadm_kubelet_update(const KubeadmNode *node, Value prior, Diags *diags);
/* Returns the patch of a node; null: none. */
Value kubeadm_kubelet_patch(Value object);
