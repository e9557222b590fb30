/* etcd_members: the members of a cluster's etcd. */
#pragma once

#include "etcd_gateway.h"
#include "etcd_quorum.h"
#include "kube_version.h"

typedef struct EtcdNode {
    Str id; /* decimal */
    EtcdMember member;
    StrVec client_urls;
} EtcdNode;

typedef VEC(EtcdNode) EtcdNodes;

/* Lists the members, and asks each one whether it is healthy. */
MUST_USE bool etcd_members_list(const EtcdGateway *client, EtcdNodes *out, Diags *diags);
/* Returns whether the etcd on this host responds, and reports that it is healthy. */
bool etcd_members_is_healthy(const EtcdGateway *client, Str host);
/* Sets *out to the version of the etcd on this host; returns false without an error if it does not
 * respond. */
MUST_USE bool etcd_members_version(const EtcdGateway *client, Str host, KubeVersion *out);
/* "https://10.0.0.1:2380" → "10.0.0.1"; "https://[fd00::1]:2380" → "fd00::1". */
Str etcd_members_host(Str url);

/* What a member reports about itself and its cluster. */
typedef struct EtcdStatus {
    Str id;     /* decimal */
    Str leader; /* id; "0": none */
    int64_t revision;
} EtcdStatus;

/* Sets *out for the etcd on this host; returns false without an error if it does not respond. */
MUST_USE bool etcd_members_status(const EtcdGateway *client, Str host, EtcdStatus *out);
/* Sets *has_one to whether etcd has an alarm; returns false without an error if it does not
 * respond. */
MUST_USE bool etcd_members_alarm(const EtcdGateway *client, bool *has_one);
/* Moves the leadership from the etcd on this host, the leader, to the member of this id. */
MUST_USE bool etcd_members_move_leader(const EtcdGateway *client, Str host, Str id, Diags *diags);
MUST_USE bool etcd_members_remove(const EtcdGateway *client, Str id, Diags *diags);
/* The members, for etcd_quorum. */
EtcdMembers etcd_members_of(const EtcdNodes *nodes, Arena *arena);
/* Reads the response of /v3/cluster/member/list; returns false if it is not one. */
MUST_USE bool etcd_members_parse(Str body, EtcdNodes *out, Arena *arena);
/* Returns the member of this id, or NULL. */
const EtcdNode *etcd_members_by_id(const EtcdNodes *nodes, Str id);
/* Returns the member with a peer URL on this host, or NULL. */
const EtcdNode *etcd_members_find(const EtcdNodes *nodes, Str host);
