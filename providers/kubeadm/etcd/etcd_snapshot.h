/* etcd_snapshot: copies the data of a cluster's etcd to an encrypted file (sealed_file.h).
 *
 * etcd streams the snapshot through its JSON gateway, so nothing is written on the machine. The
 * last 32 bytes of a snapshot are the SHA-256 of the others. */
#pragma once

#include "etcd_gateway.h"
#include "snapshot_keys.h"

#define ETCD_SNAPSHOT_ID_LENGTH 32
#define ETCD_SNAPSHOT_TRAILER   32 /* bytes: SHA-256 of the bytes before them */

typedef struct EtcdSnapshot {
    Str id;            /* random */
    Str cluster;       /* discovery hash of the cluster's certificate authority */
    Str etcd_cluster;  /* id of etcd's cluster, in hex */
    uint64_t revision; /* of etcd just before the snapshot, which may contain later changes */
    Str kubernetes_version;
    Str etcd_version;
    Str taken_at;   /* RFC 3339 */
    StrVec members; /* hosts of the members of etcd, from their client URLs */
    SnapshotKeys keys;
    uint64_t size; /* bytes of the decrypted snapshot */
    Str digest;    /* of the decrypted snapshot: "sha256:…" */
} EtcdSnapshot;

typedef struct EtcdSnapshotRequest {
    Str cluster;
    Str kubernetes_version;
    SnapshotKeys keys;
    Str path; /* local */
    Str passphrase;
} EtcdSnapshotRequest;

/* Takes a snapshot of the etcd on the gateway's host, and writes it atomically. A damaged stream,
 * and one that ends early, is an error. */
MUST_USE bool etcd_snapshot_take(const EtcdGateway *etcd, const EtcdSnapshotRequest *request,
                                 EtcdSnapshot *out, Diags *diags);
/* Reads the head of a sealed file; size and digest stay empty. Returns false if it is not the head
 * of a snapshot. */
MUST_USE bool etcd_snapshot_parse(Str head, EtcdSnapshot *out, Arena *arena);
