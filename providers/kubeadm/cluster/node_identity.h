/* node_identity: properties of a machine that no two nodes of a cluster may share, because
 * kubelets, networks of pods and DHCP servers identify a machine by them. */
#pragma once

#include "cluster_api.h"
#include "cluster_check.h"
#include "host_facts.h"

typedef VEC(ClusterNode) ClusterNodes;

/* The texts point into the facts. The MAC address is that of the interface with this address. */
ClusterNode node_identity_of(const HostFacts *facts, Str name, Str address);
/* Returns annotations for the Secret of a join, by which other joins see it. */
Value node_identity_annotations(const ClusterNode *identity, Arena *arena);
/* Adds the nodes of the cluster, and those of joins that have not ended. */
MUST_USE bool node_identity_list(const ClusterApi *api, ClusterNodes *out, Diags *diags);
