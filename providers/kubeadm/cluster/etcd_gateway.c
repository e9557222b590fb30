/* etcd_gateway: a short-lived certificate, a tunnel, and one request. */
#include "etcd_gateway.h"
#include "path_error.h"
#include "pki_client.h"

#define CLIENT_PORT   2379
#define VALID_SECONDS INT64_C(3600)
#define BODY_MAX      ((uint64_t)1 << 20)

bool etcd_gateway_open(const Call *call, SshLink *link, Str host, const PkiPair *ca,
                       EtcdGateway *out, Diags *diags) {
    const Clock *clock = call->io->clock;
    int64_t now = clock->now_ms(clock->self) / 1000;
    PkiClient client = {
        .user = STR("loam"), .start = now - PKI_BACKDATE_SECONDS, .end = now + VALID_SECONDS};
    Str problem;
    *out = (EtcdGateway){.call = call, .link = link, .host = host, .ca = ca->certificate};
    return pki_client_make(&client, ca, &out->pair, &problem, call->arena) ||
           path_error(call, PATH_AT(call, {"pki"}), diags, "Certificate not created", "%.*s.",
                      STR_ARG(problem));
}

Str etcd_gateway_send(const EtcdGateway *gateway, const EtcdRequest *request,
                      const HttpSink *sink) {
    const Call *call = gateway->call;
    const Http *http = call->io->http;
    Str host = request->host.len ? request->host : gateway->host;
    Diags problems = diags_new(call->arena);
    uint16_t port = CLIENT_PORT;
    if (gateway->link) {
        if (!ssh_client_tunnel(gateway->link, host, CLIENT_PORT, &port, &problems))
            return problems.items[0].detail;
        host = STR("127.0.0.1");
    }
    HttpRequest sent = {
        .method = request->body.len ? STR("POST") : STR("GET"),
        .url = str_format(call->arena, "https://%.*s%s",
                          STR_ARG(ssh_endpoint(host, port, call->arena)), request->path),
        .body = request->body,
        .ca_certs = gateway->ca,
        .certificate = gateway->pair.certificate,
        .key = gateway->pair.key,
        .server_name = STR("localhost"), /* in the certificate of every etcd of kubeadm */
        .no_proxy = host,
        .timeout_ms = request->timeout_ms,
        .body_limit = request->body_limit ? request->body_limit : BODY_MAX,
        .cancel = call->cancel,
        .cancel_at = CANCEL_NOW,
    };
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    HttpStatus status = http->attempt(http->self, &sent, sink, &response, &problem, call->arena);
    if (status != HTTP_DONE)
        return problem.len ? problem : STR("the connection failed");
    return response.code == 200 ? STR_EMPTY
                                : str_format(call->arena, "HTTP status %d", response.code);
}
