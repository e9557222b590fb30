/* act: the steps of a decision as requests to the API server. */
#pragma once

#include "decision.h"
#include "kube_call.h"

/* One request of a step. */
typedef struct ActRequest {
    const char *method; /* NULL: the step needs none */
    KubeRef ref;
    Str body;
    Str content_type; /* of a patch */
    KubePropagation propagation;
    Str uid; /* of the object to delete; empty: any */
} ActRequest;

typedef struct ActOptions {
    Str operator_name; /* reporting controller of events: the pod's name */
    Str log_level;
    Str tracing; /* see ActJobOptions */
    int64_t now_ms;
} ActOptions;

#define ACT_REQUESTS_MAX 2

/* Returns the number of requests of the step, at most ACT_REQUESTS_MAX. Texts live in `arena`, also
 * after the objects that the step refers to have gone. */
size_t act_requests(const DecisionStep *step, const ActOptions *options,
                    ActRequest out[ACT_REQUESTS_MAX], Arena *arena);
/* Returns the event of a step as the notification-controller of Flux reads it; `revision` may be
 * empty. */
Str act_notice_json(const DecisionStep *step, const ActOptions *options, Str revision,
                    Arena *arena);
/* Sends a request. Returns false if it had no effect; the object must be looked at again. What
 * exists already, or is gone already, counts as done. */
MUST_USE bool act_send(const KubeCall *call, const ActRequest *request, KubeResponse *response);

extern const KubeResource act_stacks, act_runs, act_approvals, act_lanes, act_jobs, act_pods;
