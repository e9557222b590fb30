/* upgrade_order: validates the versions, then lists the steps. */
#include "upgrade_order.h"

/* A control plane must have the minor version of the target or the one before; the kubelet of a
 * worker may be older. */
static Str check_node(const UpgradeNode *node, KubeVersion target, Arena *arena) {
    Str problem = node->is_control_plane ? kube_version_check_upgrade(node->version, target, arena)
                                         : kube_version_check_kubelet(node->version, target, arena);
    if (!problem.len)
        return problem;
    return str_format(arena, "Node \"%.*s\": %.*s", STR_ARG(node->name), STR_ARG(problem));
}

static bool order_has_target(const UpgradeNode *node, KubeVersion target) {
    return kube_version_compare(node->version, target) >= 0;
}

static Str add_control_planes(const UpgradeNodes *nodes, KubeVersion target, UpgradeSteps *out,
                              Arena *arena) {
    bool is_applied = false;
    size_t count = 0;
    vec_each(nodes, node) {
        count += node->is_control_plane;
        is_applied |= node->is_control_plane && order_has_target(node, target);
    }
    if (count == 0)
        return str_format(arena, "The cluster has no control plane to upgrade.");
    vec_each(nodes, node) {
        if (!node->is_control_plane || order_has_target(node, target))
            continue;
        UpgradeStep step = {node, is_applied ? UPGRADE_NODE : UPGRADE_APPLY, out->count};
        vec_push(arena, out, step);
        is_applied = true;
    }
    return STR_EMPTY;
}

static void add_workers(const UpgradeNodes *nodes, KubeVersion target, size_t max_unavailable,
                        UpgradeSteps *out, Arena *arena) {
    size_t batch = out->count, in_batch = 0;
    vec_each(nodes, node) {
        if (node->is_control_plane || order_has_target(node, target))
            continue;
        if (in_batch == max_unavailable) {
            batch++;
            in_batch = 0;
        }
        UpgradeStep step = {node, UPGRADE_NODE, batch};
        vec_push(arena, out, step);
        in_batch++;
    }
}

Str upgrade_order_plan(const UpgradeNodes *nodes, KubeVersion target, size_t max_unavailable,
                       UpgradeSteps *out, Arena *arena) {
    vec_each(nodes, node) {
        Str problem = check_node(node, target, arena);
        if (problem.len)
            return problem;
    }
    Str problem = add_control_planes(nodes, target, out, arena);
    if (!problem.len)
        add_workers(nodes, target, max_unavailable ? max_unavailable : 1, out, arena);
    return problem;
}
