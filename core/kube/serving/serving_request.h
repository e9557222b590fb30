/* serving_request: the request of a kubelet for its serving certificate. Kubernetes signs it, and
 * leaves the approval to the administrator. */
#pragma once

#include "kube_call.h"
#include "value.h"

/* The node for which a request may be approved. All texts come from the configuration. Those of the
 * Node and of the machine do not count: with the address of the API server, a certificate would
 * impersonate it. */
typedef struct ServingNode {
    Str name; /* of the Node; also its DNS name */
    StrVec addresses;
    Str since; /* creation of the Node, after which its kubelet sends the request. Earlier requests
                  are those of a former machine. */
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
/* Approves the version of the request that was checked. KUBE_CONFLICT: it has changed meanwhile. */
KubeOutcome serving_request_approve(const KubeCall *call, Value request, KubeResponse *response,
                                    Diags *diags);

extern const KubeResource serving_request_resource;
KubeRef serving_request_ref(Value request);
