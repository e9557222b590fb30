/* upgrade_order: the order in which the nodes of a cluster are upgraded.
 *
 * Control planes come first, one after the other: "kubeadm upgrade apply" upgrades the first one,
 * "kubeadm upgrade node" each other one. Workers follow in batches. So no kubelet becomes newer
 * than the oldest API server. */
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
    size_t batch; /* nodes of a batch are upgraded in parallel, batches one after the other */
} UpgradeStep;

typedef VEC(UpgradeStep) UpgradeSteps;

/* Lists the steps of the upgrade to `target` in *out; omits nodes that have this version or a newer
 * one. The first control plane gets UPGRADE_APPLY, unless another control plane already has the
 * target, for example after an interrupted upgrade; then all get UPGRADE_NODE. `max_unavailable` is
 * the size of a batch of workers (0: 1). Returns an empty text, or an error text if the upgrade is
 * not possible. */
Str upgrade_order_plan(const UpgradeNodes *nodes, KubeVersion target, size_t max_unavailable,
                       UpgradeSteps *out, Arena *arena);
