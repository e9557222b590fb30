/* etcd_quorum: whether etcd survives a change of its members. A quorum of n voters is n/2 + 1.
 *
 * Checks return an empty text, or a sentence. They are made from the live list of members, in the
 * plan and again right before the change. */
#pragma once

#include "vec.h"

typedef struct EtcdMember {
    Str name; /* empty: it never started */
    Str peer_url;
    bool is_learner;
    bool is_healthy;
} EtcdMember;

typedef VEC(EtcdMember) EtcdMembers;

size_t etcd_quorum(size_t voters);
/* Returns whether more members than the tolerated number have failed: then no change of the members
 * is possible, and only a restore helps. */
bool etcd_quorum_is_lost(const EtcdMembers *members);
/* A member may join if all others are started voters and healthy. */
Str etcd_quorum_check_join(const EtcdMembers *members, Arena *arena);
/* The member with this peer URL may leave if the others keep their quorum before and after. A
 * member that is not in the list may always leave. */
Str etcd_quorum_check_removal(const EtcdMembers *members, Str peer_url, Arena *arena);
