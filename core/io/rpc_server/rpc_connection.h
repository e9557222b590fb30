/* RpcConnection: one connection to a client: HTTP/2, and the framing of gRPC. Only the thread of
 * the connections uses it. A call in a thread of the pool reports its end through `finished`. */
#pragma once

#include "rpc_pool.h"
#include "rpc_service.h"
#include "rpc_tls.h"

/* A call: from its first header to the end of its stream. */
typedef struct RpcCall RpcCall;

/* What all connections of a server share. */
typedef struct RpcShared {
    const RpcService *service;
    RpcPool *pool;
    /* Called in a thread of the pool when a call has ended; the thread of the connections then
     * calls rpc_connection_finish. */
    void (*finished)(struct RpcShared *shared, RpcCall *call);
    bool has_ended; /* a call of the kind RPC_SERVES_END was made */
} RpcShared;

typedef struct RpcConnection RpcConnection;

/* Owns the non-blocking socket and the TLS session, which is NULL without TLS. */
RpcConnection *rpc_connection_open(RpcShared *shared, int socket, SSL *session);
/* Calls that still run are freed when they end. */
void rpc_connection_close(RpcConnection *connection);
int rpc_connection_socket(const RpcConnection *connection);
/* Returns whether bytes wait until the socket is writable. */
bool rpc_connection_is_full(const RpcConnection *connection);
/* Reads and writes what the socket allows. Returns false when the connection has ended. */
bool rpc_connection_move(RpcConnection *connection);
/* Sends the response of a call that has ended in a thread of the pool. */
void rpc_connection_finish(RpcCall *call);
/* A list of ended calls, for the owner of RpcShared. */
void rpc_call_push(RpcCall **list, RpcCall *call);
RpcCall *rpc_call_pop(RpcCall **list);
