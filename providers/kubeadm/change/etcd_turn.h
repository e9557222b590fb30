/* etcd_turn: whose turn it is in a change of etcd's members, one after the other: the leader is the
 * last one, after it has given up its part. */
#pragma once

#include "etcd_members.h"

/* Waits until all members are healthy, none is a learner, their revisions are close, and there is
 * no alarm. Then sets *index to the member of `hosts`, those that have not changed, whose turn it
 * is. */
MUST_USE bool etcd_turn_take(const EtcdGateway *gateway, const StrVec *hosts, size_t *index,
                             Diags *diags);
