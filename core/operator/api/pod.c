#include "pod.h"

typedef struct PodContainerState PodContainerState;
typedef struct PodWaiting PodWaiting;
typedef struct PodTerminated PodTerminated;
typedef struct PodSpec PodSpec;
typedef struct PodStatus PodStatus;

static const RecordRow waiting_rows[] = {
    ROW_TEXT(PodWaiting, "reason", reason),
    ROW_TEXT(PodWaiting, "message", message),
};
static const Record waiting_record = RECORD(PodWaiting, waiting_rows);

static const RecordRow terminated_rows[] = {
    ROW_INT64(PodTerminated, "exitCode", exit_code),
    ROW_TEXT(PodTerminated, "reason", reason),
    ROW_TEXT(PodTerminated, "message", message),
};
/* A container that ended need not have a reason. */
static void terminated_end(void *of) {
    PodTerminated *terminated = of;
    if (terminated->reason.len == 0)
        terminated->reason = terminated->exit_code == 0 ? STR("Completed") : STR("Error");
}
static const Record terminated_record =
    RECORD(PodTerminated, terminated_rows, .end = terminated_end);

static const RecordRow state_rows[] = {
    ROW_OBJECT(PodContainerState, "waiting", waiting, PodWaiting, waiting_record),
    ROW_OBJECT(PodContainerState, "terminated", terminated, PodTerminated, terminated_record),
};
static const Record state_record = RECORD(PodContainerState, state_rows);

static const RecordRow container_rows[] = {
    ROW_TEXT(PodContainer, "name", name),
    ROW_OBJECT(PodContainer, "state", state, PodContainerState, state_record),
};
static const Record container_record = RECORD(PodContainer, container_rows);

static const RecordRow pod_spec_rows[] = {
    ROW_TEXT(PodSpec, "nodeName", node_name),
};
static const Record pod_spec_record = RECORD(PodSpec, pod_spec_rows);

static const RecordRow pod_status_rows[] = {
    ROW_TEXT(PodStatus, "phase", phase),
    ROW_LIST(PodStatus, "conditions", conditions, StatusCondition, status_condition_record),
    ROW_LIST(PodStatus, "initContainerStatuses", init_containers, PodContainer, container_record),
    ROW_LIST(PodStatus, "containerStatuses", containers, PodContainer, container_record),
};
static const Record pod_status_record = RECORD(PodStatus, pod_status_rows);

static const RecordRow pod_rows[] = {
    ROW_OBJECT(Pod, "metadata", meta, ObjectMeta, object_meta_record),
    ROW_OBJECT(Pod, "spec", spec, PodSpec, pod_spec_record),
    ROW_OBJECT(Pod, "status", status, PodStatus, pod_status_record),
};
const Record pod_record = RECORD(Pod, pod_rows);

bool pod_has_succeeded(const Pod *pod) {
    return str_equal_cstr(pod->status.phase, "Succeeded");
}

bool pod_has_ended(const Pod *pod) {
    return pod_has_succeeded(pod) || str_equal_cstr(pod->status.phase, "Failed");
}

static const PodContainer *failed_container(const PodContainers *containers) {
    vec_each(containers, container) {
        if (container->state.terminated.exit_code != 0)
            return container;
    }
    return NULL;
}

const PodContainer *pod_failure(const Pod *pod) {
    const PodContainer *failed = failed_container(&pod->status.init_containers);
    return failed ? failed : failed_container(&pod->status.containers);
}

static const PodContainer *named_container(const PodContainers *containers, const char *name) {
    vec_each(containers, container) {
        if (str_equal_cstr(container->name, name))
            return container;
    }
    return NULL;
}

const PodContainer *pod_container(const Pod *pod, const char *name) {
    const PodContainer *found = named_container(&pod->status.init_containers, name);
    return found ? found : named_container(&pod->status.containers, name);
}

static Str containers_waiting(const PodContainers *containers) {
    vec_each(containers, container) {
        Str reason = container->state.waiting.reason;
        if (reason.len > 0 && !str_equal_cstr(reason, "PodInitializing") &&
            !str_equal_cstr(reason, "ContainerCreating"))
            return reason;
    }
    return STR_EMPTY;
}

Str pod_waiting_reason(const Pod *pod) {
    const StatusCondition *scheduled =
        object_meta_condition(&pod->status.conditions, "PodScheduled");
    Str reason;
    if (scheduled && scheduled->status == CONDITION_FALSE)
        return scheduled->reason;
    reason = containers_waiting(&pod->status.init_containers);
    return reason.len > 0 ? reason : containers_waiting(&pod->status.containers);
}
