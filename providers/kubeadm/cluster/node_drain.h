/* node_drain: moves the pods of a node elsewhere, by evictions that respect disruption budgets. */
#pragma once

#include "cluster_api.h"

#define NODE_DRAIN_MS (INT64_C(5) * 60 * 1000)

/* Cordons the node, evicts its pods and waits until they are gone. Pods of DaemonSets and static
 * pods stay. An error names the pods that are left, and why. Succeeds if there is no such node. */
MUST_USE bool node_drain(const Call *call, const ClusterApi *api, Str name, int64_t timeout_ms,
                         Diags *diags);
