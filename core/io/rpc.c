/* Loads the HTTP/2 client plugin at the first channel. */
#include "rpc.h"

#include "disk.h"
#include "plugin.h"

typedef struct RpcModule {
    Rpc rpc;
    Plugin plugin;
} RpcModule;

static bool open_by_module(void *self, Str path, RpcChannel **out, Str *problem, Arena *arena) {
    RpcModule *opened = self;
    const Rpc *client = plugin_get(&opened->plugin, problem, arena);
    return client && client->open(client->self, path, out, problem, arena);
}

/* A channel exists, so the plugin is loaded. */
static void call_by_module(void *self,
                           RpcChannel *channel,
                           const RpcRequest *request,
                           RpcResponse *response,
                           Arena *arena) {
    const Rpc *client = ((const RpcModule *)self)->plugin.content;
    client->call(client->self, channel, request, response, arena);
}

static void watch_by_module(void *self, RpcChannel *channel, const RpcRequest *request) {
    const Rpc *client = ((const RpcModule *)self)->plugin.content;
    client->watch(client->self, channel, request);
}

static void close_by_module(void *self, RpcChannel *channel) {
    const Rpc *client = ((const RpcModule *)self)->plugin.content;
    client->close(client->self, channel);
}

const Rpc *rpc_on_first_use(Str module_directory, Arena *arena) {
    RpcModule *opened = arena_new(arena, RpcModule);
    plugin_init(&opened->plugin, disk_join(module_directory, STR(RPC_MODULE), arena), "http2_rpc",
                "a provider in another process");
    opened->rpc = (Rpc){opened, open_by_module, call_by_module, watch_by_module, close_by_module};
    return &opened->rpc;
}
