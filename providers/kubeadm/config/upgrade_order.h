/* upgrade_order: the order in which the nodes of a cluster are upgraded.
 *
 * Control planes come first, one after the other: kubeadm upgrades one control plane with "apply",
 * then each other one with "node". Workers follow in batches. No kubelet passes the oldest API
 * server. */
#pragma once

#include "kube_version.h"
#include "vec.h"

typedef struct UpgradeNode {
    Str name;
    KubeVersion version; /* of the kubelet; of a control plane also of its API server */
    bool is_control_plane;
} UpgradeNode;

typedef VEC(UpgradeNode) UpgradeNodes;

typedef enum UpgradeKind {
    UPGRADE_APPLY, /* kubeadm upgrade apply */
    UPGRADE_NODE,  /* kubeadm upgrade node */
} UpgradeKind;

typedef struct UpgradeStep {
    const UpgradeNode *node;
    UpgradeKind kind;
    size_t batch; /* nodes of one batch are upgraded side by side; batches one after the other */
} UpgradeStep;

typedef VEC(UpgradeStep) UpgradeSteps;

/* Plans the upgrade to `target`; nodes that already have it are omitted. "apply" runs on the first
 * control plane, also after an interrupted upgrade if another one already has the target: kubeadm
 * then accepts "node" for the rest. Returns an empty text, or a sentence if the upgrade is not
 * possible. */
Str upgrade_order_plan(const UpgradeNodes *nodes,
                       KubeVersion target,
                       size_t max_unavailable,
                       UpgradeSteps *out,
                       Arena *arena);
