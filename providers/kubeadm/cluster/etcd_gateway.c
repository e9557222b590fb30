/* etcd_gateway: a short-lived certificate, a tunnel, and one request. */
#include "etcd_gateway.h"
#include "cluster_api.h"

#define CLIENT_PORT 2379
#define BODY_MAX    ((uint64_t)1 << 20)

bool etcd_gateway_open(const Call *call, SshLink *link, Str host, const PkiPair *ca,
                       EtcdGateway *out, Diags *diags) {
    *out = (EtcdGateway){.call = call, .link = link, .host = host, .ca = ca->certificate};
    return cluster_api_sign(call, NULL, ca, &out->pair, diags);
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
