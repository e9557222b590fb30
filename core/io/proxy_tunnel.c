/* Loads the HTTP plugin at the first connection through a proxy. */
#include "proxy_tunnel.h"

#include "http.h"
#include "plugin.h"

static Plugin tunnel_plugin = {
    .file = HTTP_PLUGIN,
    .symbol = "curl_tunnel",
    .purpose = "a proxy",
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

const ProxyTunnel *proxy_tunnel(Str *problem, Arena *arena) {
    return plugin_get(&tunnel_plugin, problem, arena);
}
