/* kubeadm_serving: serving certificates of the kubelets of a cluster. A kubelet asks for another
 * one before the former one ends. A refresh of the kubeadm_init finds requests that wait, its plan
 * shows them, and its update approves them. */
#pragma once

#include "kubeadm_node.h"

/* For refreshes of a kubeadm_init, if its kubelets ask the cluster for serving certificates: sets
 * "serving_requests" to the newest requests of its nodes that wait and that the rules of
 * serving_request allow. One that breaks the rules is a warning. `nodes` are the Nodes of the
 * cluster. */
MUST_USE bool kubeadm_serving_refresh(const Call *call, const ClusterApi *api, Value nodes,
                                      Value *state, Diags *diags);
/* For plans of a kubeadm_init: sets "serving_requests", and notes those of the prior object. */
void kubeadm_serving_plan(const Call *call, const PlanRequest *request, ObjectBuilder *planned,
                          PlanResponse *response);
/* Approves the newest requests of the nodes in "serving_requests" of `prior`, by the same rules. */
MUST_USE bool kubeadm_serving_update(const KubeadmNode *node, Value prior, Diags *diags);
/* For refreshes of any node: warns if the certificate by which its kubelet serves ends within 30
 * days, and within the last tenth of its validity. */
void kubeadm_serving_warn(const KubeadmNode *node, const HostFacts *facts, Diags *diags);
