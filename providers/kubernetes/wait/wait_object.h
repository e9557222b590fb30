/* WaitObject: one object that a call waits for, and how to reach it. */
#pragma once

#include "kube_discovery.h"
#include "provider.h"

typedef struct WaitObject {
    const Call *call; /* its deadline ends the wait; without one, ten minutes do */
    KubeClient *client;
    KubeDiscovery *discovery; /* used only by wait_gate; else it may be NULL */
    KubeRef ref;
    int64_t grace_ms; /* how long an object may be stuck; 0: a minute */
} WaitObject;

/* Returns a call for requests with the cancel token of the wait. */
KubeCall wait_object_call(const WaitObject *wait, int64_t deadline_ms, Arena *arena);
