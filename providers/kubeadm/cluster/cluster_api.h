/* cluster_api: requests to the API server of a cluster, with a short-lived certificate of an
 * administrator, through the SSH session of a machine.
 *
 * The machine must reach the server; this program need not. Functions that return false have added
 * one error. */
#pragma once

#include "kube_call.h"
#include "kube_version.h"
#include "pki.h"
#include "ssh_client.h"
#include "wait_until.h"

typedef struct ClusterApi {
    KubeClient *client;
    KubeCall call;
} ClusterApi;

/* Splits "host:port", "[address]:port" or "host"; the default port is 6443. */
MUST_USE bool cluster_api_split(Str endpoint, Str *host, uint16_t *port);
/* Makes a certificate of an administrator that is valid for an hour. `group` may be NULL. */
MUST_USE bool cluster_api_sign(const Call *call, const char *group, const PkiPair *ca, PkiPair *out,
                               Diags *diags);
/* Opens no connection yet. `endpoint` is that of all control planes or of one of them; its host is
 * a name in the server's certificate. `link` NULL connects directly. */
MUST_USE bool cluster_api_open(const Call *call, SshLink *link, Str endpoint, const PkiPair *ca,
                               ClusterApi *out, Diags *diags);
void cluster_api_release(ClusterApi *api);
SCOPED_TYPE(ClusterApi, cluster_api_release);

/* Sends one request without retries; returns true if the server reports that it is ready. */
bool cluster_api_is_ready(const ClusterApi *api);
/* Sets *out to the version of the server. Returns false without an error if it does not respond. */
MUST_USE bool cluster_api_version(const ClusterApi *api, KubeVersion *out);
/* Same as cluster_api_is_ready, but no request at all is an error: *is_ready is false only if a
 * request was sent. */
MUST_USE bool cluster_api_look(const Call *call, const ClusterApi *api, bool *is_ready,
                               Diags *diags);
/* Waits up to `timeout_ms` for the server. */
MUST_USE bool cluster_api_wait(const Call *call, const ClusterApi *api, int64_t timeout_ms,
                               Diags *diags);

/* Sets *items to the objects of the list at that path; an empty tuple if there are none. Returns
 * false without an error if the request fails, with its response. */
MUST_USE bool cluster_api_list(const ClusterApi *api, Str path, Value *items,
                               KubeResponse *response, Diags *diags);

/* A wait for a state of one object. */
typedef struct ClusterWait {
    const char *what; /* as in WaitUntil */
    KubeRef ref;
    /* Returns whether the object is as wanted; else sets wait->reason. `object` is null if it does
     * not exist, and lives until `see` returns. */
    bool (*see)(void *payload, Value object, Wait *wait);
    void *payload;
    int64_t timeout_ms;
} ClusterWait;

/* Calls `see` with each version of the object as the server reports it, by a watch, and at least
 * every ten seconds. Adds no error. *wait (may be NULL) is set as by wait_until. */
WaitResult cluster_api_follow(const Call *call, const ClusterApi *api, const ClusterWait *request,
                              Wait *wait);
/* Same, but adds an error if the time is up or the run is cancelled. */
MUST_USE bool cluster_api_follow_done(const Call *call, const ClusterApi *api,
                                      const ClusterWait *request, Diags *diags);

extern const KubeResource cluster_api_nodes;
extern const KubeResource cluster_api_config_maps;
extern const KubeResource cluster_api_secrets;
extern const KubeResource cluster_api_pods;
