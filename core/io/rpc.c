/* Loads the HTTP/2 client plugin at the first channel. */
#include "rpc.h"

#include "disk.h"
#include "plugin.h"

typedef struct RpcPlugin {
    Rpc rpc;
    Plugin plugin;
} RpcPlugin;

static bool rpc_open_by_plugin(void *self, Str path, RpcChannel **out, Str *problem, Arena *arena) {
    RpcPlugin *opened = self;
    const Rpc *client = plugin_get(&opened->plugin, problem, arena);
    return client && client->open(client->self, path, out, problem, arena);
}

/* rpc_open_by_plugin made the channel, so the plugin is loaded. */
static void call_by_plugin(void *self, RpcChannel *channel, const RpcRequest *request,
                           RpcResponse *response, Arena *arena) {
    const Rpc *client = ((const RpcPlugin *)self)->plugin.content;
    client->call(client->self, channel, request, response, arena);
}

static void watch_by_plugin(void *self, RpcChannel *channel, const RpcWatch *watch) {
    const Rpc *client = ((const RpcPlugin *)self)->plugin.content;
    client->watch(client->self, channel, watch);
}

static void rpc_close_by_plugin(void *self, RpcChannel *channel) {
    const Rpc *client = ((const RpcPlugin *)self)->plugin.content;
    client->close(client->self, channel);
}

const Rpc *rpc_on_first_use(Str plugin_directory, Arena *arena) {
    RpcPlugin *opened = arena_new(arena, RpcPlugin);
    plugin_init(&opened->plugin, disk_join(plugin_directory, STR(RPC_PLUGIN), arena), "http2_rpc",
                "a provider in another process");
    opened->rpc =
        (Rpc){opened, rpc_open_by_plugin, call_by_plugin, watch_by_plugin, rpc_close_by_plugin};
    return &opened->rpc;
}
