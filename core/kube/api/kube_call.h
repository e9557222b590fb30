/* kube_call: requests for single objects.
 *
 * Bodies are JSON text. Each function adds the server's warnings to `diags`, which may be NULL, but
 * no error: the outcome may be expected, and kube_error reports it otherwise. Unless KUBE_DONE,
 * response->problem is the end of a sentence. Texts of the response live in call->arena. */
#pragma once

#include "diag.h"
#include "kube_client.h"
#include "kube_resource.h"

typedef struct KubeCall {
    KubeClient *client;
    Arena *arena;
    int64_t deadline_ms;   /* on the monotonic clock, for all requests of the call; 0: each request
                              has the timeout of the client */
    uint32_t attempts_max; /* of each request; 0: those of the client */
    const CancelToken *cancel;
    CancelLevel cancel_at; /* as in HttpRequest */
} KubeCall;

/* Sends a request with deadline and cancel token of the call. */
KubeOutcome kube_call_send(const KubeCall *call, KubeRequest request, KubeResponse *response,
                           Diags *diags);

/* Sleeps; returns false, perhaps early, at the deadline of the call or after a cancellation. */
MUST_USE bool kube_call_pause(const KubeCall *call, int64_t wait_ms);
bool kube_call_is_cancelled(const KubeCall *call);

KubeOutcome kube_call_get(const KubeCall *call, const KubeRef *ref, KubeResponse *response,
                          Diags *diags);

/* Server-side apply: creates the object, or changes the fields of `body`. A field that `manager`
 * applied before and that is not in `body` is removed, unless another manager owns it too. Unknown
 * fields are errors. If other clients change the object during the request, it is sent up to five
 * times. */
typedef struct KubeApply {
    KubeRef ref;
    Str body;
    Str manager;
    bool should_force; /* take fields that other managers own */
    bool is_dry_run;   /* the response is the object as it would be */
    bool waits_for_webhook;
} KubeApply;

KubeOutcome kube_call_apply(const KubeCall *call, const KubeApply *request, KubeResponse *response,
                            Diags *diags);

typedef enum KubePatchType {
    KUBE_PATCH_MERGE, /* RFC 7396 */
    KUBE_PATCH_JSON,  /* RFC 6902; sent again after a broken connection only if is_repeatable or
                         is_dry_run */
} KubePatchType;

typedef struct KubePatch {
    KubeRef ref;
    KubePatchType type;
    Str body;
    Str manager;
    bool is_dry_run;
    bool is_repeatable; /* for instance, because the patch tests the resourceVersion */
} KubePatch;

KubeOutcome kube_call_patch(const KubeCall *call, const KubePatch *request, KubeResponse *response,
                            Diags *diags);

/* Sends a POST to a collection or subresource, for instance to create a token of a service account.
 * Is not repeated after a broken connection. */
KubeOutcome kube_call_create(const KubeCall *call, const KubeRef *ref, Str body,
                             KubeResponse *response, Diags *diags);

typedef enum KubePropagation {
    KUBE_PROPAGATION_FOREGROUND, /* dependents first */
    KUBE_PROPAGATION_BACKGROUND,
    KUBE_PROPAGATION_ORPHAN, /* dependents stay */
} KubePropagation;

typedef struct KubeDelete {
    KubeRef ref;
    KubePropagation propagation;
    Str uid; /* delete only this object: KUBE_CONFLICT if another has its name; empty: any */
    Str resource_version; /* delete only this version; empty: any */
    bool is_dry_run;
    bool is_immediate; /* a pod: without waiting for its kubelet */
} KubeDelete;

/* Repeats the request like an apply. KUBE_DONE: the deletion has begun; finalizers may delay its
 * end. KUBE_ABSENT: the object does not exist; an earlier attempt may have deleted it. */
KubeOutcome kube_call_delete(const KubeCall *call, const KubeDelete *request,
                             KubeResponse *response, Diags *diags);
