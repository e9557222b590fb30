/* etcd_client: transactions and leases of etcd (version 3) over its JSON gateway.
 *
 * A request goes to the endpoint that answered last, and to the others in turn when that one cannot
 * be reached or has no leader; then once more after a wait, for some seconds. So every request must
 * be one that may be carried out twice. All calls return false with *problem, a sentence's end, in
 * `arena`. Guards itself: any thread. */
#pragma once

#include "io.h"

typedef struct EtcdClient EtcdClient;

typedef struct EtcdConfig {
    StrVec endpoints; /* http://host:port */
    Str username;     /* empty: no authentication */
    Str password;
    Str authorities; /* PEM; empty: the system's */
    Str certificate;
    Str key;
} EtcdConfig;

EtcdClient *etcd_client_new(const Io *io, const EtcdConfig *config, Arena *arena);

typedef enum EtcdKind { ETCD_PUT, ETCD_DELETE, ETCD_RANGE } EtcdKind;

typedef struct EtcdOperation {
    EtcdKind kind;
    Str key;
    Str range_end;    /* delete, range: all keys from `key` up to here; empty: the key alone */
    Str value;        /* put */
    int64_t lease;    /* put; 0: none */
    int64_t revision; /* range: as it was then; 0: now */
    bool keys_only;   /* range */
} EtcdOperation;

typedef VEC(EtcdOperation) EtcdOperations;

/* Was the key created in this revision? 0: is it absent? */
typedef struct EtcdCompare {
    Str key;
    int64_t create_revision;
} EtcdCompare;

typedef VEC(EtcdCompare) EtcdCompares;

/* Without compares, a way to send operations that have effect together. */
typedef struct EtcdTxn {
    EtcdCompares compares;
    EtcdOperations success; /* all compares hold */
    EtcdOperations failure;
} EtcdTxn;

typedef struct EtcdKeyValue {
    Str key;
    Str value;
    int64_t create_revision;
} EtcdKeyValue;

typedef struct EtcdAnswer {
    bool succeeded;
    int64_t revision;
    VEC(EtcdKeyValue) found; /* by the ranges that were carried out, in their order */
} EtcdAnswer;

/* `cancel` gives it up at CANCEL_NOW; NULL: never. */
MUST_USE bool etcd_client_txn(EtcdClient *client,
                              const EtcdTxn *txn,
                              const CancelToken *cancel,
                              EtcdAnswer *out,
                              Str *problem,
                              Arena *arena);
MUST_USE bool etcd_client_grant(EtcdClient *client,
                                int64_t seconds,
                                const CancelToken *cancel,
                                int64_t *lease,
                                Str *problem,
                                Arena *arena);
MUST_USE bool etcd_client_revoke(
    EtcdClient *client, int64_t lease, const CancelToken *cancel, Str *problem, Arena *arena);
/* One attempt at each endpoint, `timeout_ms` for all of them. *is_alive: the lease still was. */
MUST_USE bool etcd_client_keep(EtcdClient *client,
                               int64_t lease,
                               int64_t timeout_ms,
                               const CancelToken *cancel,
                               bool *is_alive,
                               Str *problem,
                               Arena *arena);
/* The first key behind all that begin with this one. */
Str etcd_client_range_end(Str prefix, Arena *arena);
EtcdKeyValue *etcd_client_find(const EtcdAnswer *answer, Str key);
