/* cluster_api: requests to the API server of a cluster, with a short-lived certificate of an
 * administrator, through the SSH session of a machine.
 *
 * The machine must reach the server; this program need not. Functions that return false have added
 * one error. */
#pragma once

#include "kube_call.h"
#include "pki.h"
#include "ssh_client.h"

typedef struct ClusterApi {
    KubeClient *client;
    KubeCall call;
} ClusterApi;

/* Splits "host:port", "[address]:port" or "host"; the default port is 6443. */
MUST_USE bool cluster_api_split(Str endpoint, Str *host, uint16_t *port);
/* Opens no connection yet. `endpoint` is that of all control planes or of one of them; `name` is a
 * name in the server's certificate, empty: the host of the endpoint. `link` NULL connects directly.
 */
MUST_USE bool cluster_api_open(const Call *call,
                               SshLink *link,
                               Str endpoint,
                               Str name,
                               const PkiPair *ca,
                               ClusterApi *out,
                               Diags *diags);
void cluster_api_release(ClusterApi *api);
SCOPED_TYPE(ClusterApi, cluster_api_release);

/* Sends one request without retries; returns true if the server reports that it is ready. */
bool cluster_api_is_ready(const ClusterApi *api);
/* Waits up to `timeout_ms` for the server. */
MUST_USE bool cluster_api_wait(const Call *call,
                               const ClusterApi *api,
                               int64_t timeout_ms,
                               Diags *diags);

extern const KubeResource cluster_api_nodes;
extern const KubeResource cluster_api_secrets;
extern const KubeResource cluster_api_pods;
