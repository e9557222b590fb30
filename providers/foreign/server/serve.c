/* serve: opens the socket, writes the line of the handshake, and serves calls. */
#include "serve.h"

#include "base64.h"
#include "log.h"
#include "rpc_server.h"
#include "served_provider.h"

/* The line of go-plugin: its version, the version of the plugin protocol, the address, the kind of
 * calls, and the certificate in base64 without padding. */
static Str handshake(const RpcServer *server, Arena *arena) {
    Str certificate = base64_encode(rpc_server_certificate(server), arena);
    while (str_ends_with(certificate, STR("=")))
        certificate.len--;
    return str_format(arena, "1|6|unix|%.*s|grpc|%.*s\n", STR_ARG(rpc_server_path(server)),
                      STR_ARG(certificate));
}

static bool serve_at(const ForeignServing *serving, RpcServer *server, Arena *arena) {
    if (!serving->announce(serving->payload, handshake(server, arena))) {
        rpc_server_close(server); /* the client has ended already */
        return true;
    }
    ServedProvider *served = served_provider_open(serving->provider, serving->io);
    RpcService service = served_provider_service(served);
    log_debug("provider served", log_cstr("provider", serving->provider->name),
              log_text("version", serving->version));
    if (!rpc_server_run(server, &service))
        return true; /* calls are still running: their memory must stay until the process ends */
    served_provider_close(served);
    rpc_server_close(server);
    return true;
}

static bool serve_process(const ForeignServing *serving, Diags *diags) {
    const Process *process = serving->io->process;
    SCOPED(ArenaRef) arena = arena_open("handshake");
    Str directory = process_variable(process, "PLUGIN_UNIX_SOCKET_DIR");
    Str problem;
    RpcServerSettings settings = {
        .directory = directory.len ? directory : process_variable(process, "TMPDIR"),
        .client_certificate = process_variable(process, "PLUGIN_CLIENT_CERT"),
    };
    RpcServer *server = rpc_server_open(&settings, &problem, arena);
    if (server)
        return serve_at(serving, server, arena);
    return diags_fail(diags, NO_RANGE, "Provider cannot be served",
                      "loam cannot listen for Terraform: %.*s.", STR_ARG(problem));
}

ForeignServerRun *const foreign_server_module = serve_process;
