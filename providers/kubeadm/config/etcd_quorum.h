/* etcd_quorum: whether etcd keeps its quorum when members join or leave. The quorum of n voting
 * members is n/2 + 1, rounded down.
 *
 * A check returns an empty text if the change is safe, otherwise an error text in the arena. Call
 * it with the live list of members, in the plan and again right before the change. */
#pragma once

#include "vec.h"

typedef struct EtcdMember {
    Str name; /* empty: the member never started */
    Str peer_url;
    bool is_learner;
    bool is_healthy;
} EtcdMember;

typedef VEC(EtcdMember) EtcdMembers;

/* Returns whether too few voting members are healthy. Then no change of members is possible; only a
 * restore from a snapshot helps. */
bool etcd_quorum_is_lost(const EtcdMembers *members);
/* A member may join if all present members have started, vote and are healthy. */
Str etcd_quorum_check_join(const EtcdMembers *members, Arena *arena);
/* The member with this peer URL may leave if etcd has a quorum now and the other members have one
 * afterwards. A member that is not in the list may always leave. */
Str etcd_quorum_check_removal(const EtcdMembers *members, Str peer_url, Arena *arena);
