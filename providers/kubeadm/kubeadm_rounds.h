/* kubeadm_rounds: an upgrade of a cluster over several minor versions. kubeadm_init takes all nodes
 * of the state through the versions between; the last round is that of each resource. */
#pragma once

#include "kubeadm_node.h"

/* "upgrade_through": version → its programs. */
extern const NestedObject kubeadm_rounds_argument;

/* Adds errors for entries that are wrong for any version of the cluster. */
MUST_USE bool kubeadm_rounds_validate(const Call *call, Value config, KubeVersion to, Diags *diags);
/* For plans that change the version: reads the versions of the nodes, adds an error if a version
 * between is missing, a bundle does not fit, or etcd is too old for the next version and gets no
 * later patch (kubeadm_etcd_patch); and adds the rounds as a note. */
MUST_USE bool kubeadm_rounds_plan(const Call *call, const PlanRequest *request,
                                  PlanResponse *response, Diags *diags);
/* Runs all rounds but the last one, before which etcd gets its patch; sets *from to the version of
 * the cluster after them. `node`: the control plane of kubeadm_init, with the planned object. A
 * failure leaves the nodes that have completed their round in its version; the next plan has the
 * rest. */
MUST_USE bool kubeadm_rounds_run(const KubeadmNode *node, Value prior, Value config,
                                 KubeVersion *from, Diags *diags);
