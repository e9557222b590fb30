/* serving_approver: approves the requests of kubelets for serving certificates, without an apply.
 *
 * A request that breaks a rule is left, not denied: it may become right with the next version of
 * the file of nodes. Such a request is reported once, until its reason changes. */
#pragma once

#include "kube_call.h"
#include "serving_nodes.h"

typedef enum ServingVerdict {
    SERVING_NOT_ASKED, /* of another signer, or it has its answer */
    SERVING_APPROVES,
    SERVING_LEAVES,
    SERVING_UNSURE, /* its Node could not be read: look again */
} ServingVerdict;

typedef struct ServingReport {
    ServingVerdict verdict; /* SERVING_UNSURE: a failure; the request may be empty then */
    Str request;
    Str node;
    Str reason; /* sentences; empty for SERVING_APPROVES */
} ServingReport;

typedef struct ServingApprover {
    KubeClient *client;
    const CancelToken *cancel; /* ends the work at CANCEL_STOP */
    Str nodes_path;
    void (*report)(void *payload, const ServingReport *report); /* by the thread that works */
    void *payload;
} ServingApprover;

/* By which of several approvers one works. */
typedef struct ServingLease {
    Str namespace; /* empty: none, this one works */
    Str name;
    Str identity; /* of this approver */
} ServingLease;

/* Returns the name of the node whose kubelet sent the request; empty if it is from no kubelet. */
Str serving_approver_node(Value request);
/* Decides about one request. `node` is the Node of that name, null if it does not exist; `reason`
 * is a sentence unless the request is approved. Sends nothing. */
ServingVerdict serving_approver_decide(Value request, const ServingNodes *nodes, Value node,
                                       Str *reason, Arena *arena);
/* Looks once at all requests. Returns false after an error: nodes or requests could not be read, or
 * an approval failed. */
MUST_USE bool serving_approver_pass(const ServingApprover *approver, Diags *diags);
/* Waits until it holds the Lease, and follows the requests until the token is raised. Failures of
 * the API server are reported, and it goes on. Returns false after an error: the file of nodes
 * cannot be read at the start, the Lease was lost, or there are no more threads. */
MUST_USE bool serving_approver_run(const ServingApprover *approver, const ServingLease *lease,
                                   Diags *diags);
