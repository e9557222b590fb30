/* ConsulClient: keys, transactions and sessions of Consul over its HTTP interface.
 *
 * Each call retries after lost connections and statuses that may pass, so the server may execute a
 * request twice. On failure, calls return CONSUL_FAILED with *problem, the end of a sentence, in
 * `arena`. Thread-safe. */
#pragma once

#include "io.h"
#include "state_lease.h"

typedef struct ConsulConfig {
    Str base;  /* http://host:port, without a slash at the end */
    Str token; /* empty: none; the same for the others */
    Str user;
    Str password;
    Str datacenter;
    Str ca_certs; /* PEM of the certificate authorities; empty: the system's */
    Str certificate;
    Str key;
    Str server_name;
    bool skip_verify;
} ConsulConfig;

typedef struct ConsulClient {
    const Io *io;
    ConsulConfig config;
    const CancelToken **cancel; /* address of the token whose CANCEL_NOW ends requests */
} ConsulClient;

typedef enum ConsulStatus {
    CONSUL_DONE,
    CONSUL_ABSENT,   /* no such key, or no such session */
    CONSUL_CONFLICT, /* a condition of the transaction does not hold; nothing was changed */
    CONSUL_FAILED,
} ConsulStatus;

typedef struct ConsulPair {
    Str key;
    Str value;
    Str session;   /* that holds the key as a lock; empty: none */
    int64_t index; /* of the last change */
} ConsulPair;

typedef VEC(ConsulPair) ConsulPairs;

typedef enum ConsulVerb {
    CONSUL_CAS, /* sets the value if the key has this index; 0: if it does not exist */
    CONSUL_SET,
    CONSUL_DELETE,        /* succeeds if the key does not exist */
    CONSUL_DELETE_TREE,   /* deletes all keys with this prefix */
    CONSUL_LOCK,          /* acquires the key for the session, which may hold it already */
    CONSUL_UNLOCK,        /* releases the key; a condition: the session holds it */
    CONSUL_CHECK_SESSION, /* a condition: the session holds the key */
} ConsulVerb;

typedef struct ConsulOperation {
    ConsulVerb verb;
    Str key;
    Str value;
    Str session;
    int64_t index;
} ConsulOperation;

typedef VEC(ConsulOperation) ConsulOperations;

typedef struct ConsulReply {
    ConsulPairs changed; /* keys of CONSUL_CAS, CONSUL_SET, …, with their new index; no values */
    bool is_retry;       /* an earlier attempt may have taken effect, too */
} ConsulReply;

/* The most bytes that a server accepts as a value, and as a transaction in the form of
 * consul_client_encode, unless its operator has set others. */
#define CONSUL_VALUE_MAX ((size_t)524288)
#define CONSUL_TXN_MAX   ((size_t)524288)
#define CONSUL_OPS_MAX   ((size_t)60)

ConsulStatus consul_client_get(const ConsulClient *client, Str key, ConsulPair *out, Str *problem,
                               Arena *arena);
/* Lists all keys with this prefix, with their values, in order. */
ConsulStatus consul_client_list(const ConsulClient *client, Str prefix, ConsulPairs *out,
                                Str *problem, Arena *arena);
/* Lists the names alone. With `is_flat`, each name ends with the first "/" after the prefix. */
ConsulStatus consul_client_names(const ConsulClient *client, Str prefix, bool is_flat, StrVec *out,
                                 Str *problem, Arena *arena);
/* Writes the value, without a condition. */
ConsulStatus consul_client_put(const ConsulClient *client, Str key, Str value, Str *problem,
                               Arena *arena);
Str consul_client_encode(const ConsulOperations *operations, Arena *arena);
/* Executes all operations, or none. `body` is the result of consul_client_encode. */
ConsulStatus consul_client_txn(const ConsulClient *client, Str body, ConsulReply *out, Str *problem,
                               Arena *arena);

/* Creates a session that expires if it is not renewed. */
ConsulStatus consul_client_open_session(const ConsulClient *client, int64_t seconds,
                                        int64_t lock_delay_seconds, Str *id, Str *problem,
                                        Arena *arena);
/* Succeeds if the session does not exist. */
ConsulStatus consul_client_end_session(const ConsulClient *client, Str id, Str *problem,
                                       Arena *arena);
/* Tries once, for at most `timeout_ms`. */
LeaseResult consul_client_renew(const ConsulClient *client, Str id, int64_t timeout_ms,
                                const CancelToken *stop, Str *problem, Arena *arena);
