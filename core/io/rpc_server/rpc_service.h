/* RpcService: the calls that a server executes. */
#pragma once

#include "cancel.h"
#include "rpc.h"

typedef enum RpcServing {
    RPC_SERVES_NOT,     /* there is no such method */
    RPC_SERVES_CALL,    /* executed in a thread of the pool */
    RPC_SERVES_AT_ONCE, /* executed in the thread of the connections: must not block */
    RPC_SERVES_STREAM,  /* a stream without messages, which stays open */
    RPC_SERVES_END,     /* the response is empty, then the server ends */
} RpcServing;

typedef struct RpcReply {
    RpcStatus status;
    Str problem; /* unless RPC_OK */
    Str message;
} RpcReply;

typedef struct RpcService {
    void *self;
    RpcServing (*find)(void *self, Str method);
    /* Results are in `arena`. Any number of calls may run at the same time. */
    void (*call)(void *self, Str method, Str message, RpcReply *reply, Arena *arena);
    /* The server ends: calls in progress should end. */
    void (*stop)(void *self, CancelLevel level);
} RpcService;
