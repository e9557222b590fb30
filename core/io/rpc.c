/* Loads the HTTP/2 client plugin at the first channel. */
#include "rpc.h"

#include "plugin.h"

static Plugin rpc_plugin = {
    .file = RPC_PLUGIN,
    .symbol = "http2_rpc",
    .purpose = "a provider in another process",
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

static bool rpc_open_by_plugin(void *, Str path, RpcChannel **out, Str *problem, Arena *arena) {
    const Rpc *client = plugin_get(&rpc_plugin, problem, arena);
    return client && client->open(client->self, path, out, problem, arena);
}

/* rpc_open_by_plugin made the channel, so the plugin is loaded. */
static void call_by_plugin(void *, RpcChannel *channel, const RpcRequest *request,
                           RpcResponse *response, Arena *arena) {
    const Rpc *client = rpc_plugin.content;
    client->call(client->self, channel, request, response, arena);
}

static void watch_by_plugin(void *, RpcChannel *channel, const RpcWatch *watch) {
    const Rpc *client = rpc_plugin.content;
    client->watch(client->self, channel, watch);
}

static void rpc_close_by_plugin(void *, RpcChannel *channel) {
    const Rpc *client = rpc_plugin.content;
    client->close(client->self, channel);
}

const Rpc rpc_real = {
    .open = rpc_open_by_plugin,
    .call = call_by_plugin,
    .watch = watch_by_plugin,
    .close = rpc_close_by_plugin,
};
