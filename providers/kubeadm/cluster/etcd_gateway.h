/* etcd_gateway: requests to the JSON gateway of a control plane's etcd, with a short-lived
 * certificate, through the SSH session of a machine. */
#pragma once

#include "http.h"
#include "pki.h"
#include "ssh_client.h"

typedef struct EtcdGateway {
    const Call *call;
    SshLink *link; /* NULL: connect directly */
    Str host;      /* of the etcd that gets the requests */
    Str ca;
    PkiPair pair;
} EtcdGateway;

typedef struct EtcdRequest {
    Str host; /* empty: that of the gateway */
    const char *path;
    Str body; /* empty: GET */
    int64_t timeout_ms;
    uint64_t body_limit; /* of the response; 0: 1 MiB */
} EtcdRequest;

/* Sends nothing. */
MUST_USE bool etcd_gateway_open(const Call *call, SshLink *link, Str host, const PkiPair *ca,
                                EtcdGateway *out, Diags *diags);
/* Passes the body of the response to the sink, also after an error status. Returns the end of a
 * sentence, or an empty text if the status is 200. */
MUST_USE Str etcd_gateway_send(const EtcdGateway *gateway, const EtcdRequest *request,
                               const HttpSink *sink);
