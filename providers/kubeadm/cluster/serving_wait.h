/* serving_wait: serving certificates of kubelets, within an apply. */
#pragma once

#include "cluster_api.h"
#include "serving_request.h"

/* Sets *items to the requests of all kubelets of the cluster. Returns false without an error if the
 * API server does not list them; response->problem says why. */
MUST_USE bool serving_wait_list(const ClusterApi *api, Value *items, KubeResponse *response);
/* Approves this request, which serving_request_check has accepted. One that has changed since it
 * was listed stays as it is. */
MUST_USE bool serving_wait_grant(const ClusterApi *api, Value request, Diags *diags);
/* Approves the requests of the node until it has its certificate, if kubelets of the cluster ask
 * for serving certificates. `link` leads to the machine, which gets the certificate; NULL: an
 * approval suffices. Two minutes without it are a warning; a request that was denied, failed, or
 * may not be approved is an error. */
MUST_USE bool serving_wait_approve(const Call *call, const ClusterApi *api, const ServingNode *node,
                                   SshLink *link, Diags *diags);
