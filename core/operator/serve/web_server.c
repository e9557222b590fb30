#include "web_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>

#define CONNECTIONS_MAX 64
#define TIMEOUT_S       10
#define REQUEST_BYTES   8192 /* memory of one connection */

struct WebServer {
    WebServerOptions options;
    struct MHD_Daemon *daemon;
    Arena *arena;
};

/* Addresses. */

typedef union WebAddress {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} WebAddress;

static bool parse_address(Str text, WebAddress *out, Arena *arena) {
    size_t colon = str_rfind_char(text, ':');
    Str host = str_slice(text, 0, colon == SIZE_MAX ? 0 : colon);
    uint64_t port;
    *out = (WebAddress){0};
    if (colon == SIZE_MAX || !str_to_uint64(str_after(text, colon + 1), &port) || port > UINT16_MAX)
        return false;
    if (host.len > 1 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, str_to_cstr(str_slice(host, 1, host.len - 1), arena),
                         &out->v6.sin6_addr) == 1;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons((uint16_t)port);
    return host.len == 0 || inet_pton(AF_INET, str_to_cstr(host, arena), &out->v4.sin_addr) == 1;
}

/* Requests. */

static enum MHD_Result web_respond(struct MHD_Connection *connection, const WebAnswer *answer) {
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->text.len, (void *)answer->text.ptr, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result = MHD_NO;
    if (response &&
        MHD_add_response_header(response, "Content-Type",
                                answer->type ? answer->type : "text/plain; charset=utf-8"))
        result = MHD_queue_response(connection, answer->code, response);
    if (response)
        MHD_destroy_response(response);
    return result;
}

static enum MHD_Result web_request(void *payload, struct MHD_Connection *connection,
                                   const char *path, const char *method, const char *, const char *,
                                   size_t *size, void **seen) {
    WebServer *server = payload;
    SCOPED(ArenaRef) arena = arena_open("answer of the web server");
    WebAnswer answer = {405, NULL, STR("method not allowed\n")};
    if (!*seen || *size > 0) { /* the headers, then a body, which is dropped */
        *seen = server;
        *size = 0;
        return MHD_YES;
    }
    if (str_equal_cstr(STR("GET"), method) || str_equal_cstr(STR("HEAD"), method))
        answer = server->options.answer(server->options.payload, str_from_cstr(path), arena);
    return web_respond(connection, &answer);
}

static struct MHD_Daemon *web_start(WebServer *server, const WebAddress *address, unsigned flags) {
    return MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO | flags, 0, NULL, NULL, web_request, server,
        MHD_OPTION_SOCK_ADDR, &address->any, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)REQUEST_BYTES, MHD_OPTION_END);
}

WebServer *web_server_open(const WebServerOptions *options, Str *problem, Arena *arena) {
    WebServer *server = arena_new(arena, WebServer);
    WebAddress address, all = {.v6 = {.sin6_family = AF_INET6}};
    *server = (WebServer){.options = *options, .arena = arena};
    if (!parse_address(options->address, &address, arena)) {
        *problem = str_format(arena,
                              "\"%.*s\" is no address. Give one like \":8080\", "
                              "\"127.0.0.1:8080\" or \"[::1]:8080\".",
                              STR_ARG(options->address));
        return NULL;
    }
    all.v6.sin6_port = address.v4.sin_port;
    if (options->address.ptr[0] == ':') /* a machine may be without IPv6 */
        server->daemon = web_start(server, &all, MHD_USE_DUAL_STACK);
    if (!server->daemon)
        server->daemon =
            web_start(server, &address, address.any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    if (server->daemon)
        return server;
    *problem = str_format(arena, "The address \"%.*s\" cannot be served: %s.",
                          STR_ARG(options->address), strerror(errno));
    return NULL;
}

void web_server_close(WebServer *server) {
    if (server)
        MHD_stop_daemon(server->daemon);
}
