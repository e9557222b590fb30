/* serving_wait: approves the requests of one node, until it has its certificate. */
#include "serving_wait.h"
#include "kube_error.h"
#include "kube_object.h"
#include "path_error.h"
#include "remote_script.h"

#define WAIT_MS     INT64_C(120000)
#define CERTIFICATE "/var/lib/kubelet/pki/kubelet-server-current.pem"
#define REQUESTS                                                                                   \
    "/apis/certificates.k8s.io/v1/certificatesigningrequests"                                      \
    "?fieldSelector=spec.signerName%3Dkubernetes.io%2Fkubelet-serving"

/* kubeadm stores the configuration of all kubelets. */
static bool request_is_wanted(const ClusterApi *api, bool *out, Diags *diags) {
    KubeRef ref = {.resource = &cluster_api_config_maps,
                   .namespace = STR("kube-system"),
                   .name = STR("kubelet-config")};
    KubeResponse response;
    Value found;
    *out = false;
    KubeOutcome outcome = kube_call_get(&api->call, &ref, &response, diags);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome == KUBE_DONE && kube_client_decode(&response, &found, api->call.arena)) {
        Str line, rest = kube_object_text(found, "data", "kubelet");
        while (!*out && str_next_field(&rest, '\n', &line))
            *out = str_equal(line, STR("serverTLSBootstrap: true"));
        return true;
    }
    return kube_error_report(&api->call, "Configuration of kubelets not read", &ref, &response,
                             diags);
}

typedef struct RequestLook {
    const ClusterApi *api;
    const ServingNode *node;
    SshLink *link; /* NULL: the machine cannot be asked */
    Diags *diags;
} RequestLook;

bool serving_wait_list(const ClusterApi *api, Value *items, KubeResponse *response) {
    return cluster_api_list(api, STR(REQUESTS), items, response, NULL);
}

bool serving_wait_grant(const ClusterApi *api, Value request, Diags *diags) {
    KubeRef ref = serving_request_ref(request);
    KubeResponse response;
    KubeOutcome outcome = serving_request_approve(&api->call, request, &response, diags);
    if (outcome == KUBE_DONE || outcome == KUBE_CONFLICT)
        return true;
    return kube_error_report(&api->call, "Serving certificate not approved", &ref, &response,
                             diags);
}

static bool request_reject(const Call *call, const RequestLook *look, Value request,
                           const char *problem) {
    return path_error(call, NO_PATH, look->diags, "Serving certificate not approved",
                      "The request \"%.*s\" of the kubelet of \"%.*s\" is not approved. %s",
                      STR_ARG(kube_object_text(request, "metadata", "name")),
                      STR_ARG(look->node->name), problem);
}

/* Returns whether the machine has the certificate; true if it cannot be asked. */
static bool has_certificate(SshLink *link, Arena *arena) {
    Diags ignored = diags_new(arena);
    SshResult result;
    return !link ||
           (remote_script_run(link, (RemoteScript){"test -s " CERTIFICATE}, &result, &ignored) &&
            result.exit_status == 0);
}

/* Returns false after an error. A request that has changed meanwhile is looked at again. */
static bool handle(const Call *call, const RequestLook *look, Value request) {
    Str problem;
    switch (serving_request_state(request)) {
    case SERVING_APPROVED: return true;
    case SERVING_DENIED:
        return request_reject(
            call, look, request,
            "It was denied before. Delete it, and the kubelet sends another one.");
    case SERVING_FAILED:
        return request_reject(call, look, request,
                              "Its signer failed. Delete it, and the kubelet sends another one.");
    case SERVING_PENDING: break;
    }
    problem = serving_request_check(request, look->node, call->arena);
    return problem.len ? request_reject(call, look, request, str_to_cstr(problem, call->arena))
                       : serving_wait_grant(look->api, request, look->diags);
}

/* A kubelet that restarts, as kubeadm init does with it, leaves its request and sends another one.
 * So the wait ends with the certificate. */
static WaitLook look_at_requests(void *payload, Wait *wait) {
    const RequestLook *look = payload;
    KubeResponse response;
    Value items;
    wait->reason = STR("the API server does not list requests");
    if (!serving_wait_list(look->api, &items, &response))
        return WAIT_LOOK_AGAIN;
    Value found = serving_request_find(items, look->node);
    bool is_found = value_is_present(found);
    bool is_approved = is_found && serving_request_state(found) == SERVING_APPROVED;
    if (is_found && !handle(wait->call, look, found))
        return WAIT_LOOK_FAILED;
    wait->reason = is_found ? STR("its certificate has not been signed")
                            : STR("the kubelet has sent no request");
    bool may_end = is_approved || (!is_found && look->link);
    return may_end && has_certificate(look->link, look->api->call.arena) ? WAIT_LOOK_DONE
                                                                         : WAIT_LOOK_AGAIN;
}

bool serving_wait_approve(const Call *call, const ClusterApi *api, const ServingNode *node,
                          SshLink *link, Diags *diags) {
    RequestLook look = {.api = api, .node = node, .link = link, .diags = diags};
    WaitUntil until = {.what = "the serving certificate",
                       .look = look_at_requests,
                       .payload = &look,
                       .timeout_ms = WAIT_MS};
    Wait wait;
    bool wants = false;
    if (!request_is_wanted(api, &wants, diags))
        return false;
    if (!wants)
        return true;
    WaitResult result = wait_until(call, &until, &wait);
    if (result == WAIT_TIMED_OUT || result == WAIT_CANCELLED)
        path_warning(call, NO_PATH, diags, "Serving certificate not approved",
                     "The kubelet of \"%.*s\" has no certificate of the cluster yet: %.*s. "
                     "Approve its request with \"kubectl certificate approve\".",
                     STR_ARG(node->name), STR_ARG(wait.reason));
    return result != WAIT_FAILED;
}
