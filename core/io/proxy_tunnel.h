/* ProxyTunnel: connects to a machine through an HTTP or SOCKS proxy. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef enum ProxyStatus {
    PROXY_CONNECTED,
    PROXY_FAILED,  /* the proxy does not respond, or does not reach the machine; it may later */
    PROXY_REFUSED, /* the proxy rejects the request or the login, or its URL or certificate is
                      wrong */
    PROXY_CANCELLED,
} ProxyStatus;

typedef struct ProxyRequest {
    /* http: and https: use CONNECT with basic authentication, socks5: and socks5h: SOCKS 5. The
     * proxy resolves the name of the machine, except with socks5:. User and password stand in the
     * URL. Environment variables for proxies are not read. */
    Str url;
    Str host; /* IPv6 without brackets */
    uint16_t port;
    int64_t timeout_ms; /* 0: only the limit of 10 seconds for the answer of the proxy */
    const CancelToken *cancel;
    CancelLevel cancel_at;
} ProxyRequest;

typedef struct ProxyTunnel {
    /* Sets *fd to a connection with the machine: a non-blocking descriptor of the caller. An answer
     * of an HTTP proxy has at most 16 KiB of headers. *problem is a part of a sentence, without the
     * password. */
    ProxyStatus (*open)(const ProxyRequest *request, int *fd, Str *problem, Arena *arena);
} ProxyTunnel;

/* Loads the plugin of http.h. NULL: it cannot be loaded; *problem says why. */
const ProxyTunnel *proxy_tunnel(Str *problem, Arena *arena);
