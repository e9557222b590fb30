/* serving_request: the request of a kubelet for its serving certificate. Kubernetes signs it, and
 * leaves the approval to the administrator. */
#pragma once

#include "cluster_api.h"

/* The node for which a request may be approved. All texts come from the configuration. Those of the
 * Node and of the machine do not count: with the address of the API server, a certificate would
 * impersonate it. */
typedef struct ServingNode {
    Str name; /* of the Node; also its DNS name */
    StrVec addresses;
    Str since; /* creation of the Node, after which its kubelet sends the request. Earlier requests
                  are those of a former machine. */
    SshLink *link; /* to the machine, which gets the certificate; NULL: an approval suffices */
} ServingNode;

typedef enum ServingState {
    SERVING_PENDING,
    SERVING_APPROVED,
    SERVING_DENIED,
    SERVING_FAILED, /* the signer rejected it, also after its approval */
} ServingState;

/* Returns the state from all conditions of a CertificateSigningRequest. */
ServingState serving_request_state(Value request);
/* Returns the newest request of the node in the items of a list, not older than the Node; of two
 * with the same time, a pending one; null if none. */
Value serving_request_find(Value items, const ServingNode *node);
/* Returns an empty text if the request may be approved, else a sentence: it must come from this
 * node, have only its name and addresses, and ask only for the usages of a server. */
Str serving_request_check(Value request, const ServingNode *node, Arena *arena);
/* Sets *items to the requests of all kubelets of the cluster. Returns false without an error if the
 * API server does not list them; response->problem says why. */
MUST_USE bool serving_request_list(const ClusterApi *api, Value *items, KubeResponse *response);
/* Approves this request, which serving_request_check has accepted. One that has changed since it
 * was listed stays as it is. */
MUST_USE bool serving_request_grant(const ClusterApi *api, Value request, Diags *diags);
/* Approves the requests of the node until it has its certificate, if kubelets of the cluster ask
 * for serving certificates. Two minutes without it are a warning; a request that was denied,
 * failed, or may not be approved is an error. */
MUST_USE bool serving_request_approve(const Call *call, const ClusterApi *api,
                                      const ServingNode *node, Diags *diags);
