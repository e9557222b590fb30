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
    const CancelToken *cancel; /* ends the call at CANCEL_NOW; NULL: the call cannot be cancelled */
    /* Called at most once, in the thread of the caller, when `cancel` reaches CANCEL_STOP. The call
     * continues. on_stop may use the channel, for example to request the end of the call from the
     * server. NULL: CANCEL_STOP has no effect. */
    void (*on_stop)(void *payload);
    void *stop_payload;
    /* Receives each message of a stream, in the thread of the caller. May block and may use the
     * channel; meanwhile the server can send no more than a few MiB. Returns false to end the call
     * as successful. `message` is valid during the call. NULL: the response is exactly one message.
     */
    bool (*on_message)(void *payload, Str message);
    void *payload;
} RpcRequest;

typedef struct RpcResponse {
    RpcStatus status;
    Str problem; /* unless RPC_OK: the reason, from the server or the connection; unchecked bytes */
    Str message; /* if RPC_OK: the response; empty for a stream */
    /* The request may have been sent, but no complete response with a status arrived: the server
     * may or may not have executed the call. */
    bool is_lost;
} RpcResponse;

/* A call that no thread waits for, so it has no time limit and no cancel token. */
typedef struct RpcWatch {
    const char *method;
    Str message;
    /* Receives each message of a stream, in the thread that reads the connection, which holds the
     * lock of the channel: must not block and must not use the channel. `message` is valid during
     * the call. NULL: the response is exactly one message. */
    void (*on_message)(void *payload, Str message);
    /* Receives the result once, under the same restrictions as on_message, perhaps before `watch`
     * returns. `response` is valid during the call. NULL: the result is ignored. */
    void (*on_end)(void *payload, const RpcResponse *response);
    void *payload;
} RpcWatch;

typedef struct RpcChannel RpcChannel;

typedef struct Rpc {
    void *self;
    /* Connects to a Unix socket; waits up to 10 s for the server's settings. Returns false with the
     * end of a sentence in *problem. The caller closes *out. */
    bool (*open)(void *self, Str path, RpcChannel **out, Str *problem, Arena *arena);
    /* Sends a request and waits for the end of the call. The response is in `arena`. */
    void (*call)(void *self, RpcChannel *channel, const RpcRequest *request, RpcResponse *response,
                 Arena *arena);
    /* Starts a call and returns at once. `on_message` receives the messages until the call fails or
     * the channel is closed. Copies `method` and `message`; `payload` must live until the call has
     * ended, or the channel is closed. */
    void (*watch)(void *self, RpcChannel *channel, const RpcWatch *watch);
    /* Frees the channel. No call may be in flight, except those of `watch`. */
    void (*close)(void *self, RpcChannel *channel);
} Rpc;

/* Its first channel loads the client plugin. */
extern const Rpc rpc_real;
#define RPC_PLUGIN "loam-rpc.so" /* exports the symbol http2_rpc */
