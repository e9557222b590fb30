/* proxy_config: merge patches of the ConfigMap and the DaemonSet, and looks at the pods. */
#include "proxy_config.h"
#include "digest.h"
#include "json.h"
#include "kube_error.h"
#include "kube_object.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "utf8.h"
#include "wait_until.h"
#include "yaml_text.h"

#define ANNOTATION   "loam.internal/configuration"
#define NAMESPACE    STR("kube-system")
#define NAME         STR("kube-proxy")
#define ROLLOUT_MS   INT64_C(600000)
#define RESTARTS_MAX 2
#define PODS         "/api/v1/namespaces/kube-system/pods"

static const KubeResource daemon_sets = {.group = STR_CONST("apps"),
                                         .version = STR_CONST("v1"),
                                         .kind = STR_CONST("DaemonSet"),
                                         .plural = STR_CONST("daemonsets"),
                                         .is_namespaced = true};

static KubeRef proxy_ref(const KubeResource *resource) {
    return (KubeRef){.resource = resource, .namespace = NAMESPACE, .name = NAME};
}

static bool patch(const ClusterApi *api, const KubeResource *resource, Value body, Diags *diags) {
    KubePatch request = {.ref = proxy_ref(resource),
                         .type = KUBE_PATCH_MERGE,
                         .body = json_text(body, api->call.arena),
                         .manager = STR("loam"),
                         .is_repeatable = true};
    KubeResponse response;
    return kube_call_patch(&api->call, &request, &response, diags) == KUBE_DONE ||
           kube_error_report(&api->call, "kube-proxy not changed", &request.ref, &response, diags);
}

static Str digest_of(Value config, Arena *arena) {
    return str_slice(digest_hex(DIGEST_SHA256, json_text(config, arena), arena), 0, 16);
}

/* The annotation of the pods replaces them if it changes. */
static bool put(const ClusterApi *api, Value config, Diags *diags) {
    Arena *arena = api->call.arena;
    ObjectBuilder empty = object_builder_new(arena);
    Value none = object_builder_value(&empty);
    Value map = kube_object_with(none, "data", "config.conf",
                                 value_from_str(yaml_text_of(config, arena)), arena);
    Value set = kube_object_with(none, "spec.template.metadata.annotations", ANNOTATION,
                                 value_from_str(digest_of(config, arena)), arena);
    return patch(api, &cluster_api_config_maps, map, diags) && patch(api, &daemon_sets, set, diags);
}

/* *out is null if the cluster has no kube-proxy. */
static bool read_set(const ClusterApi *api, Value *out, KubeResponse *response, Diags *diags) {
    KubeRef ref = proxy_ref(&daemon_sets);
    KubeOutcome outcome = kube_call_get(&api->call, &ref, response, diags);
    *out = value_null(&TYPE_DYNAMIC);
    return outcome == KUBE_ABSENT ||
           (outcome == KUBE_DONE && kube_client_decode(response, out, api->call.arena));
}

static bool is_rolled_out(Value set) {
    int64_t wanted = kube_object_int(set, "status", "desiredNumberScheduled");
    return kube_object_int(set, "status", "observedGeneration") >=
               kube_object_int(set, "metadata", "generation") &&
           kube_object_int(set, "status", "updatedNumberScheduled") >= wanted &&
           kube_object_int(set, "status", "numberAvailable") >= wanted;
}

typedef struct Rollout {
    const ClusterApi *api;
    Str failed; /* name of a pod that ends again and again */
} Rollout;

static bool has_failed(Value pod) {
    Value statuses = kube_object_list(pod, "status", "containerStatuses");
    for (size_t i = 0; i < statuses.count; i++) {
        Value one = value_at(statuses, i);
        if (kube_object_int(one, "", "restartCount") >= RESTARTS_MAX &&
            !kube_object_is_true(one, "", "ready"))
            return true;
    }
    return false;
}

static WaitLook look_rollout(void *payload, Wait *wait) {
    Rollout *rollout = payload;
    KubeResponse response = {0};
    Value set, pods;
    if (!read_set(rollout->api, &set, &response, NULL)) {
        wait->reason = response.problem;
        return WAIT_LOOK_AGAIN;
    }
    if (is_rolled_out(set))
        return WAIT_LOOK_DONE;
    wait->reason = STR("not all pods of kube-proxy run with it");
    if (!cluster_api_list(rollout->api, STR(PODS "?labelSelector=k8s-app%3Dkube-proxy"), &pods,
                          &response, NULL))
        return WAIT_LOOK_AGAIN;
    for (size_t i = 0; i < pods.count; i++) {
        if (has_failed(value_at(pods, i)))
            rollout->failed = kube_object_text(value_at(pods, i), "metadata", "name");
    }
    return rollout->failed.len ? WAIT_LOOK_FAILED : WAIT_LOOK_AGAIN;
}

static WaitResult await_rollout(const Call *call, Rollout *rollout, Wait *wait) {
    WaitUntil until = {.what = "the pods of kube-proxy",
                       .look = look_rollout,
                       .payload = rollout,
                       .timeout_ms = ROLLOUT_MS};
    return wait_until(call, &until, wait);
}

/* Returns the end of the log of the pod's last run; empty if it is not known. */
static Str log_of(const ClusterApi *api, Str pod) {
    Arena *arena = api->call.arena;
    KubeResponse response = {0};
    KubeRequest request = {
        .method = "GET",
        .path = str_format(arena, PODS "/%.*s/log?tailLines=15&previous=true", STR_ARG(pod)),
        .accept = STR("*/*"),
        .attempts_max = 1,
    };
    return pod.len && kube_call_send(&api->call, request, &response, NULL) == KUBE_DONE
               ? response.body
               : STR_EMPTY;
}

static ChangeOutcome put_back(const Call *call, const ClusterApi *api, const ProxyConfig *config,
                              Str text, Diags *diags) {
    Rollout rollout = {.api = api};
    Wait wait = {0};
    bool is_back =
        put(api, config->former, diags) && await_rollout(call, &rollout, &wait) == WAIT_DONE;
    Str log = utf8_indented(str_trim(utf8_strip_controls(text, call->arena)), call->arena);
    if (call->secrets)
        log = log_scrub(log, call->secrets, call->arena);
    (void)path_error(call, PATH_AT(call, {"kube_proxy"}), diags,
                     "Configuration of kube-proxy rejected",
                     "Pods of kube-proxy do not run with the new configuration. %s The end of the "
                     "log:%s%.*s",
                     is_back ? "The former one is back, and the pods run."
                             : "The former one is back, but not all pods run: look at them.",
                     str_starts_with(log, STR("\n")) ? "" : " ", STR_ARG(log));
    return is_back ? CHANGE_STEP_ROLLED_BACK : CHANGE_STEP_NOT_RUNNING;
}

static bool is_equal(Value a, Value b, Arena *arena) {
    return str_equal(json_text(a, arena), json_text(b, arena));
}

/* Pods without the annotation have the configuration from before the first change. */
static bool has_wanted(Value set, const ProxyConfig *config, Arena *arena) {
    Str found = kube_object_text(set, "spec.template.metadata.annotations", ANNOTATION);
    return is_equal(config->live, config->wanted, arena) &&
           (found.len ? str_equal(found, digest_of(config->wanted, arena))
                      : is_equal(config->former, config->wanted, arena));
}

ChangeOutcome proxy_config_run(const Call *call, const ClusterApi *api, const ProxyConfig *config,
                               Diags *diags) {
    Rollout rollout = {.api = api};
    Wait wait = {0};
    KubeResponse response = {0};
    KubeRef ref = proxy_ref(&daemon_sets);
    Value set;
    if (!read_set(api, &set, &response, diags)) {
        (void)kube_error_report(&api->call, "kube-proxy not changed", &ref, &response, diags);
        return CHANGE_STEP_FAILED;
    }
    if (value_is_null(set))
        return CHANGE_STEP_DONE;
    bool is_put = has_wanted(set, config, call->arena);
    if (!is_put && !put(api, config->wanted, diags))
        return CHANGE_STEP_FAILED;
    WaitResult result = await_rollout(call, &rollout, &wait);
    if (result == WAIT_DONE)
        return CHANGE_STEP_DONE;
    if (result == WAIT_CANCELLED) {
        (void)path_error(call, PATH_AT(call, {"kube_proxy"}), diags, "Change interrupted",
                         "The run was cancelled before all pods of kube-proxy ran with the new "
                         "configuration. The next apply completes the change.");
        return CHANGE_STEP_FAILED;
    }
    return put_back(call, api, config, log_of(api, rollout.failed), diags);
}
