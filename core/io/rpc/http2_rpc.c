/* http2_rpc: the table of operations. */
#include "http2_rpc.h"

#include "rpc_channel.h"

static bool open_channel(void *self, Str path, RpcChannel **out, Str *problem, Arena *arena) {
    (void)self;
    RpcChannel *channel = rpc_channel_open(path, problem, arena);
    if (!channel)
        return false;
    *out = channel;
    return true;
}

/* The reader allocates the response in an arena of its own, which then joins the caller's. */
static void call(void *self,
                 RpcChannel *channel,
                 const RpcRequest *request,
                 RpcResponse *response,
                 Arena *arena) {
    (void)self;
    RpcStream stream;
    Arena *received = arena_open("rpc response");
    rpc_stream_init(&stream, request, received);
    rpc_channel_call(channel, &stream);
    arena_join(arena, received);
    *response = stream.response;
    response->problem = str_clone(response->problem, arena);
}

static void watch(void *self, RpcChannel *channel, const RpcRequest *request) {
    (void)self;
    rpc_channel_watch(channel, request);
}

static void close_channel(void *self, RpcChannel *channel) {
    (void)self;
    rpc_channel_close(channel);
}

const Rpc http2_rpc = {NULL, open_channel, call, watch, close_channel};
