#include "pod_state.h"
#include "object_condition.h"

/* Reasons of a waiting container that are no errors. */
static const Str starting[] = {STR_CONST("ContainerCreating"), STR_CONST("PodInitializing")};

static bool is_starting(Str reason) {
    return reason.len == 0 || str_is_among(reason, starting, ARRAY_COUNT(starting));
}

typedef enum Trouble { TROUBLE_NONE, TROUBLE_NOT_READY, TROUBLE_ENDED, TROUBLE_STUCK } Trouble;

/* Sets what the status of one container says; returns how bad it is. */
static Trouble pod_state_read_container(Value status, PodState *out) {
    Value found;
    int64_t last_code = object_condition_number(status, "lastState.terminated", "exitCode", -1);
    int64_t code = object_condition_number(status, "state.terminated", "exitCode", last_code);
    bool is_running = kube_object_find(status, "state", "running", &found);
    bool has_ended = kube_object_find(status, "state", "terminated", &found);
    bool is_ready = kube_object_is_true(status, "", "ready");
    Str waiting = kube_object_text(status, "state.waiting", "reason");
    *out = (PodState){
        .container = kube_object_text(status, "", "name"),
        .restarts = object_condition_number(status, "", "restartCount", 0),
        .exit_code = code,
        .has_log = is_running || code >= 0,
        .is_between_runs = !is_running && !has_ended && code >= 0,
    };
    if (has_ended) {
        out->reason = kube_object_text(status, "state.terminated", "reason");
        out->message = kube_object_text(status, "state.terminated", "message");
        return code == 0 ? TROUBLE_NONE : TROUBLE_ENDED;
    }
    if (is_running) {
        out->reason = STR("not ready");
        return is_ready ? TROUBLE_NONE : TROUBLE_NOT_READY;
    }
    out->reason = waiting;
    out->message = kube_object_text(status, "state.waiting", "message");
    return is_starting(waiting) ? TROUBLE_NOT_READY : TROUBLE_STUCK;
}

/* Finds the container in the worst state; the first of several. */
static Trouble find_worst(Value pod, PodState *out) {
    static const char *const lists[] = {"initContainerStatuses", "containerStatuses"};
    Trouble worst = TROUBLE_NONE;
    for (size_t k = 0; k < ARRAY_COUNT(lists); k++) {
        Value all = kube_object_list(pod, "status", lists[k]);
        for (size_t i = 0; i < all.count; i++) {
            PodState one;
            Trouble trouble = pod_state_read_container(value_at(all, i), &one);
            if (trouble <= worst)
                continue;
            worst = trouble;
            *out = one;
        }
    }
    return worst;
}

/* A reason of the pod as a whole: it was evicted, no node is suitable, or all containers are ready
 * and the pod is not. */
static void read_pod_reason(Value pod, const ObjectCondition *ready, PodState *out) {
    ObjectCondition scheduled = object_condition_find(pod, "PodScheduled");
    Str reason = kube_object_text(pod, "status", "reason");
    if (reason.len) {
        out->reason = reason;
        out->message = kube_object_text(pod, "status", "message");
    } else if (object_condition_is_false(&scheduled)) {
        out->reason = scheduled.reason;
        out->message = scheduled.message;
    } else if (out->reason.len == 0 && ready->reason.len) {
        out->reason = ready->reason;
        out->message = ready->message;
    }
}

PodState pod_state_of(Value pod) {
    Str phase = kube_object_text(pod, "status", "phase");
    ObjectCondition ready = object_condition_find(pod, "Ready");
    PodState state = {.exit_code = -1};
    Trouble trouble = find_worst(pod, &state);
    state.is_ready = object_condition_is_true(&ready);
    state.has_succeeded = str_equal(phase, STR("Succeeded"));
    state.has_failed = str_equal(phase, STR("Failed"));
    if (state.is_ready || state.has_succeeded)
        return state;
    state.is_stuck = trouble == TROUBLE_STUCK && !state.has_failed;
    if (trouble < TROUBLE_ENDED)
        read_pod_reason(pod, &ready, &state);
    if (state.reason.len == 0)
        state.reason = phase.len ? phase : STR("not started");
    return state;
}
