/* kube_rounds: the way of a cluster to a version that skips minor versions.
 *
 * API servers of a cluster may differ by one minor version, so all control planes go through each
 * minor version together: a round. A kubelet may be three minor versions older than its API server,
 * so kubelets change once, in the last round, unless they are older than that.
 *
 * Plan and apply compute the rounds with these functions from the versions that the nodes have now;
 * so the rounds of an interrupted upgrade are those that remain. */
#pragma once

#include "kube_version.h"
#include "vec.h"

typedef struct RoundNode {
    Str name;
    bool is_control_plane;
    KubeVersion server; /* of the API server; of a worker not used */
    KubeVersion kubelet;
    StrVec unfinished; /* texts of versions whose step failed, was interrupted or did not begin */
} RoundNode;

typedef VEC(RoundNode) RoundNodes; /* that of kubeadm_init first */

typedef struct KubeRound {
    KubeVersion version;
    Str key;               /* among the entries; empty: the last round, to the cluster's version */
    bool moves_kubelets;   /* of all its nodes */
    VEC(size_t) nodes;     /* indexes of the nodes that change, control planes first */
    size_t control_planes; /* number of them among `nodes` */
    Str etcd;              /* version that members of etcd get before the round; empty: none */
    StrVec etcd_members;   /* names of their nodes */
} KubeRound;

typedef VEC(KubeRound) KubeRounds; /* oldest first; the last one has no key */

/* `entries`: the versions between. Each must be older than `to` by a minor version or more, and the
 * only one of its minor version. Returns an error text, with the entry in *at; empty: none. */
Str kube_rounds_check(const StrVec *entries, KubeVersion to, Str *at, Arena *arena);
/* Sets *out to the rounds that remain. Entries that all nodes have passed are ignored. Returns an
 * error text if a minor version is missing; empty: none. `entries` are valid. */
Str kube_rounds_list(const RoundNodes *nodes, const StrVec *entries, KubeVersion to,
                     KubeRounds *out, Arena *arena);
/* Returns the rounds as a note of a plan: "rounds: 1.36.3 (cp1 cp2), etcd 3.6.11 (cp1 cp2), 1.37.2
 * (cp1 cp2, then 5 workers, at most 1 at once)". `max_unavailable`: of the workers in the last
 * round. */
Str kube_rounds_note(const KubeRounds *rounds, const RoundNodes *nodes, int64_t max_unavailable,
                     Arena *arena);
/* Returns the oldest version of an API server. */
KubeVersion kube_rounds_lowest(const RoundNodes *nodes);
