/* rpc_channel: one HTTP/2 connection. A thread reads it; callers write their requests themselves,
 * so that the usual call needs one write and one wake-up. */
#pragma once

#include "rpc_stream.h"

/* Connects and starts the reader. On failure returns NULL and sets *problem. */
RpcChannel *rpc_channel_open(Str path, Str *problem, Arena *arena);
/* Sends the request of the stream and waits until the response is final. */
void rpc_channel_call(RpcChannel *channel, RpcStream *stream);
/* Sends the request of a copy of it that lives as long as the channel. */
void rpc_channel_watch(RpcChannel *channel, const RpcRequest *request);
void rpc_channel_close(RpcChannel *channel);
