/* rpc_server: serves calls (gRPC on a Unix socket) to the process that started this one.
 *
 * The thread that calls rpc_server_run moves the bytes of all connections; calls are executed in
 * threads of a pool. The server ends after a call of the kind RPC_SERVES_END, a SIGTERM or SIGHUP,
 * when the last connection is closed, and when the parent process ends before it has connected. A
 * client that is killed closes its connection, so the server never outlives its client. */
#pragma once

#include "rpc_service.h"

typedef struct RpcServerSettings {
    Str directory;          /* of the directory that the server makes for its socket */
    Str client_certificate; /* PEM of the only client; empty: connections without TLS */
} RpcServerSettings;

typedef struct RpcServer RpcServer;

/* Makes a directory that only this user can access, and listens in it. Returns NULL with the end of
 * a sentence in *problem. The caller closes the server. */
RpcServer *rpc_server_open(const RpcServerSettings *settings, Str *problem, Arena *arena);
/* Returns the path of the socket. */
Str rpc_server_path(const RpcServer *server);
/* Returns the DER encoding of this server's certificate; empty without TLS. */
Str rpc_server_certificate(const RpcServer *server);
/* Serves until the end. Calls that still run get CANCEL_STOP, after 10 s CANCEL_NOW, and are
 * abandoned after 30 s. The directory of the socket is removed before. Returns false if calls were
 * abandoned: the process must end, without rpc_server_close. */
MUST_USE bool rpc_server_run(RpcServer *server, const RpcService *service);
/* Removes the directory of the socket. */
void rpc_server_close(RpcServer *server);
