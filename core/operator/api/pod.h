/* Pod: one attempt of a Job. */
#pragma once

#include "object_meta.h"

typedef struct PodContainer {
    Str name;
    struct PodContainerState {
        struct PodWaiting {
            Str reason; /* "ImagePullBackOff" */
            Str message;
        } waiting;
        struct PodTerminated {
            int64_t exit_code;
            Str reason; /* "OOMKilled"; empty: not terminated */
            Str message;
        } terminated;
    } state;
} PodContainer;
typedef VEC(PodContainer) PodContainers;

typedef struct Pod {
    ObjectMeta meta;
    struct PodSpec {
        Str node_name;
    } spec;
    struct PodStatus {
        Str phase; /* "Pending", "Running", "Succeeded", "Failed" */
        StatusConditions conditions;
        PodContainers init_containers;
        PodContainers containers;
    } status;
} Pod;

extern const Record pod_record;

bool pod_has_succeeded(const Pod *pod);
bool pod_has_ended(const Pod *pod);
/* Returns the first container that ended with another status than 0, or NULL. */
const PodContainer *pod_failure(const Pod *pod);
/* Returns the container of this name, or NULL. */
const PodContainer *pod_container(const Pod *pod, const char *name);
/* Returns why the pod does not start; empty if it does, or nothing is known. */
Str pod_waiting_reason(const Pod *pod);
