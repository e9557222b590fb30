/* etcd_client: transactions and leases of etcd (version 3) over its JSON gateway.
 *
 * A request is sent to the endpoint that replied last. If that one cannot be reached or has no
 * leader, the others are tried in turn; all are tried up to six times, with waits between. So a
 * request may be executed twice, and must have the same effect then. On failure, calls return false
 * with *problem, the end of a sentence, in `arena`. Thread-safe: no call allocates in the arena of
 * etcd_client_open. */
#pragma once

#include "io.h"
#include "state_lease.h"

typedef struct EtcdClient EtcdClient;

typedef struct EtcdConfig {
    StrVec endpoints; /* http://host:port */
    Str username;     /* empty: no authentication */
    Str password;
    Str ca_certs; /* PEM of the certificate authorities; empty: the system's */
    Str certificate;
    Str key;
} EtcdConfig;

EtcdClient *etcd_client_open(const Io *io, const EtcdConfig *config, Arena *arena);
void etcd_client_close(EtcdClient *client);

typedef enum EtcdKind { ETCD_PUT, ETCD_DELETE, ETCD_RANGE } EtcdKind;

typedef struct EtcdOperation {
    EtcdKind kind;
    Str key;
    Str range_end;    /* delete, range: all keys from `key` up to this one, exclusive; empty: only
                         `key` */
    Str value;        /* put */
    int64_t lease;    /* put; 0: none */
    int64_t revision; /* range: revision to read; 0: the current one */
    bool keys_only;   /* range */
} EtcdOperation;

typedef VEC(EtcdOperation) EtcdOperations;

EtcdOperation etcd_client_put(Str key, Str value);
EtcdOperation etcd_client_range(Str key, Str range_end);
EtcdOperation etcd_client_delete(Str key, Str range_end);

/* Holds if the key was created in this revision; 0: if the key is absent. */
typedef struct EtcdCompare {
    Str key;
    int64_t create_revision;
} EtcdCompare;

typedef VEC(EtcdCompare) EtcdCompares;

/* Executes `success` atomically if all compares hold or there are none, else `failure`. */
typedef struct EtcdTxn {
    EtcdCompares compares;
    EtcdOperations success;
    EtcdOperations failure;
} EtcdTxn;

typedef struct EtcdKeyValue {
    Str key;
    Str value;
    int64_t create_revision;
} EtcdKeyValue;

typedef struct EtcdResponse {
    bool succeeded;
    int64_t revision;
    VEC(EtcdKeyValue) found; /* results of the executed ranges, in order */
} EtcdResponse;

/* CANCEL_NOW of `cancel` aborts the request; NULL: never. */
MUST_USE bool etcd_client_txn(EtcdClient *client, const EtcdTxn *txn, const CancelToken *cancel,
                              EtcdResponse *out, Str *problem, Arena *arena);
MUST_USE bool etcd_client_grant(EtcdClient *client, int64_t seconds, const CancelToken *cancel,
                                int64_t *lease, Str *problem, Arena *arena);
MUST_USE bool etcd_client_revoke(EtcdClient *client, int64_t lease, const CancelToken *cancel,
                                 Str *problem, Arena *arena);
/* Renews the lease. Tries each endpoint once, with `timeout_ms` for all of them. */
MUST_USE LeaseResult etcd_client_keep(EtcdClient *client, int64_t lease, int64_t timeout_ms,
                                      const CancelToken *cancel, Str *problem, Arena *arena);
/* Returns the first key after all keys with this prefix. */
Str etcd_client_range_end(Str prefix, Arena *arena);
EtcdKeyValue *etcd_client_find(const EtcdResponse *response, Str key);
