/* RpcStream: one call on a connection: its request, and the received part of the response.
 * Implements the framing of gRPC, not HTTP/2. Not thread-safe: the lock of the connection guards
 * it. */
#pragma once

#include "rpc.h"
#include "vec.h"

#include <pthread.h>

enum { RPC_PREFIX_SIZE = 5 }; /* a flag and the length of the message that follows */

/* Messages of a stream that wait for the thread of the caller. */
typedef struct RpcQueue {
    Arena *arena; /* NULL: the queue is empty */
    StrVec messages;
} RpcQueue;

typedef struct RpcStream {
    const RpcRequest *request;
    char prefix[RPC_PREFIX_SIZE]; /* of the request */
    size_t sent;                  /* bytes of prefix and request already sent */
    int32_t id;
    bool is_done; /* `response` is final */
    RpcResponse response;

    Arena *arena; /* of the response */
    char head[RPC_PREFIX_SIZE];
    size_t head_length;
    size_t message_length;
    StrBuf message; /* of the message being received */
    size_t message_count;
    bool has_status;
    int http_status;
    struct RpcStream *next; /* of the streams in flight */
    /* Signalled when the response is final or a message waits; NULL: no thread waits. */
    pthread_cond_t *changed;
    RpcQueue queue;
    bool is_delivering; /* the caller receives messages that it took from the queue */
    size_t held;        /* received bytes for which the server got no new window */
    /* If no thread waits: these receive the messages and the response; NULL: none. */
    void (*on_watched)(void *payload, Str message);
    void (*on_end)(void *payload, const RpcResponse *response);
} RpcStream;

/* The response is allocated in `arena`. `request` must live as long as the stream. */
void rpc_stream_init(RpcStream *stream, const RpcRequest *request, Arena *arena);
/* Copies up to `size` bytes of the request; returns their number. Sets *is_end after the last. */
size_t rpc_stream_send(RpcStream *stream, char *out, size_t size, bool *is_end);
/* Receives a header or trailer. */
void rpc_stream_header(RpcStream *stream, Str name, Str value);
/* Receives bytes of the body. Returns false if the call has failed and must be reset. */
MUST_USE bool rpc_stream_data(RpcStream *stream, Str bytes);
/* Takes the messages that wait. The caller closes the arena of *out, unless that is NULL. */
void rpc_stream_take(RpcStream *stream, RpcQueue *out);
/* Ends the call with this problem, unless it has ended before. `problem` is not copied. */
void rpc_stream_fail(RpcStream *stream, RpcStatus status, bool is_lost, Str problem);
/* Ends the call after its last frame. `reset` is the HTTP/2 error code, 0: none. */
void rpc_stream_end(RpcStream *stream, uint32_t reset);
