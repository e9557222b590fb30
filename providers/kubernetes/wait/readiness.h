/* Readiness: whether an object has reached the state that it describes, decided from it and from
 * ReadinessFacts, without requests. The rules apply in this order: all kinds, then the own rules of
 * a kind, else other kinds.
 *
 *   all kinds      failed while being deleted or by Stalled=True; in progress until the controller
 *                  has seen the newest generation
 *   other kinds    in progress by Reconciling=True or a Ready that is not True, else ready: also
 *                  without any condition
 *   own rules      Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Pod, Job,
 *                  PersistentVolumeClaim, Service, APIService, CustomResourceDefinition, Namespace,
 *                  PodDisruptionBudget
 *
 * A paused Deployment and a suspended Job are ready: they do what their configuration says. An
 * Ingress is ready at once, because not every controller publishes an address. */
#pragma once

#include "kube_object.h"
#include "kube_resource.h"

typedef enum ReadinessLevel {
    READINESS_READY,
    READINESS_IN_PROGRESS,
    READINESS_STUCK,  /* by an error that may pass: a failure if it lasts */
    READINESS_FAILED, /* it never becomes ready without a change */
} ReadinessLevel;

typedef struct Readiness {
    ReadinessLevel level;
    Str reason;      /* a phrase for users: "3 of 5 pods ready"; empty: ready */
    bool is_failure; /* the reason is a failed attempt, and the controller makes others */
} Readiness;

/* What the object itself does not say. */
typedef struct ReadinessFacts {
    bool waits_for_consumer; /* of a PersistentVolumeClaim: it is bound when a pod uses it */
} ReadinessFacts;

/* `facts` NULL: all false. The reason is in `arena`, or a view of the object. */
Readiness readiness_of(Value object, const ReadinessFacts *facts, Arena *arena);
/* Returns whether the kind is a workload with a selector of pods: its pods say why it is not
 * ready. */
bool readiness_has_pods(const KubeResource *resource);
