/* PodState: whether a pod is ready, and which container prevents that. Texts are
 * views of the pod. */
#pragma once

#include "kube_object.h"

typedef struct PodState {
    bool is_ready;
    bool has_succeeded; /* all containers have ended with exit code 0 */
    bool has_failed;    /* it will not run again */
    bool is_stuck;      /* a container cannot start, or ends again and again */
    Str reason;         /* "CrashLoopBackOff", "Unschedulable", "ContainerCreating"; empty: ready */
    Str message;        /* may be empty */
    Str container;      /* empty: the reason is not about a container */
    int64_t restarts;   /* of the container */
    int64_t exit_code;  /* of its last run; -1: it has not ended yet */
    bool has_log;       /* the container has run */
    bool is_between_runs; /* it does not run now: its log is that of the run before */
} PodState;

PodState pod_state_of(Value pod);
