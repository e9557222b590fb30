/* Connects by the proxy client of core/io. */
#include "ssh_proxy_url.h"

#include "log.h"
#include "proxy_tunnel.h"

SshStatus ssh_proxy_url_connect(const SshTarget *target, const SshDeadline *deadline, int *out,
                                SshProblem *problem, Arena *arena) {
    int64_t left_ms = deadline->end_ms == INT64_MAX ? 0 : deadline->end_ms - log_monotonic_ms();
    ProxyRequest request = {
        .url = target->proxy_url,
        .host = target->host,
        .port = target->port,
        .timeout_ms = deadline->end_ms == INT64_MAX || left_ms > 0 ? left_ms : 1,
        .cancel = deadline->cancel,
        .cancel_at = deadline->cancel_at,
    };
    const ProxyTunnel *tunnel = proxy_tunnel(&problem->text, arena);
    if (!tunnel)
        return SSH_PROXY_REFUSED;
    switch (tunnel->open(&request, out, &problem->text, arena)) {
    case PROXY_CONNECTED: ssh_socket_set_options(*out); return SSH_DONE;
    case PROXY_REFUSED: return SSH_PROXY_REFUSED;
    case PROXY_CANCELLED: return SSH_CANCELLED;
    case PROXY_FAILED: break;
    }
    return SSH_PROXY_FAILED;
}
