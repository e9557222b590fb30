/* Rpc: calls of a server in another process (gRPC on a Unix socket), behind function pointers that
 * a test can replace.
 *
 * A channel is one connection. Any number of threads may call at the same time. When the connection
 * breaks, every call in flight ends with RPC_UNAVAILABLE, and so does every later one. */
#pragma once

#include "cancel.h"
#include "str.h"

/* The codes of gRPC that loam distinguishes; a response may have any other number up to 16. */
typedef enum RpcStatus {
    RPC_OK = 0,
    RPC_CANCELLED = 1,
    RPC_UNKNOWN = 2,
    RPC_DEADLINE_EXCEEDED = 4,
    RPC_RESOURCE_EXHAUSTED = 8,
    RPC_UNIMPLEMENTED = 12,
    RPC_INTERNAL = 13,
    RPC_UNAVAILABLE = 14,
} RpcStatus;

#define RPC_MESSAGE_MAX ((size_t)256 << 20) /* bytes; a longer response is an error */

typedef struct RpcRequest {
    const char *method; /* "/tfplugin6.Provider/GetProviderSchema" */
    Str message;
    int64_t timeout_ms;        /* 0: none */
    const CancelToken *cancel; /* ends the call at CANCEL_NOW; NULL: nothing does */
    /* Called once, by the caller's thread, if `cancel` reaches CANCEL_STOP: the call goes on, but
     * the server can be asked to end it. May use the channel. NULL: nothing happens. */
    void (*on_stop)(void *payload);
    void *stop_payload;
    /* Receives each message of a stream, on the thread that reads the connection. Must be quick and
     * must not use the channel. NULL: the response is exactly one message. */
    void (*on_message)(void *payload, Str message);
    void *payload;
} RpcRequest;

typedef struct RpcResponse {
    RpcStatus status;
    Str problem; /* unless RPC_OK: why, as the server or the connection says; any text */
    Str message; /* if RPC_OK: the response; empty for a stream */
    /* The call ended without the server's status, so the server may have done its work or not. */
    bool is_lost;
} RpcResponse;

typedef struct RpcChannel RpcChannel;

typedef struct Rpc {
    void *self;
    /* Connects to a Unix socket. Returns false with the end of a sentence in *problem. */
    bool (*open)(void *self, Str path, RpcChannel **out, Str *problem, Arena *arena);
    /* Sends a request and waits for its end. */
    void (*call)(void *self,
                 RpcChannel *channel,
                 const RpcRequest *request,
                 RpcResponse *response,
                 Arena *arena);
    /* Starts a call whose messages go to `on_message` until the channel is closed; does not wait.
     * Errors end it silently. */
    void (*watch)(void *self, RpcChannel *channel, const RpcRequest *request);
    /* No call may be in flight. */
    void (*close)(void *self, RpcChannel *channel);
} Rpc;

/* Returns an Rpc whose first channel loads the client plugin from this directory. */
const Rpc *rpc_on_first_use(Str plugin_directory, Arena *arena);
#define RPC_PLUGIN "loam-rpc.so" /* exports the symbol http2_rpc */
