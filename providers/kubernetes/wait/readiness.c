/* readiness: the rules of the kinds, in a table, and the rule of all others. */
#include "readiness.h"
#include "object_condition.h"
#include "pod_state.h"

#include <inttypes.h>

#define UNSEEN "its newest generation was not seen by the controller"

static const Readiness ready = {.level = READINESS_READY};

static Readiness readiness_in_progress(Str reason) {
    return (Readiness){READINESS_IN_PROGRESS, reason};
}

static int64_t number_at(Value object, const char *path, const char *last) {
    return object_condition_number(object, path, last, 0);
}

/* Returns "3 of 5 pods ready". */
static Readiness counted(int64_t count, int64_t total, const char *what, Arena *arena) {
    return readiness_in_progress(
        str_format(arena, "%" PRId64 " of %" PRId64 " pods %s", count, total, what));
}

static Readiness surplus(int64_t count, const char *what, Arena *arena) {
    return readiness_in_progress(
        str_format(arena, "%" PRId64 " %s pod%s not ended", count, what, count == 1 ? "" : "s"));
}

/* Returns the reason with that of a condition after it. */
static Readiness because(Readiness readiness, const ObjectCondition *condition, Arena *arena) {
    Str text = object_condition_text(condition, arena);
    if (text.len)
        readiness.reason =
            readiness.reason.len
                ? str_format(arena, "%.*s (%.*s)", STR_ARG(readiness.reason), STR_ARG(text))
                : text;
    return readiness;
}

static Readiness readiness_failed(const ObjectCondition *condition, Arena *arena) {
    Str text = object_condition_text(condition, arena);
    return (Readiness){READINESS_FAILED, text.len ? text : condition->type};
}

/* The pods that a controller has made, by the numbers of its status. */
typedef struct Replicas {
    int64_t wanted;
    int64_t existing;
    int64_t updated;
    int64_t ready;
    int64_t available;
} Replicas;

static Replicas replicas_of(Value object) {
    return (Replicas){
        .wanted = object_condition_number(object, "spec", "replicas", 1),
        .existing = number_at(object, "status", "replicas"),
        .updated = number_at(object, "status", "updatedReplicas"),
        .ready = number_at(object, "status", "readyReplicas"),
        .available = number_at(object, "status", "availableReplicas"),
    };
}

static Readiness deployment(Value object, Arena *arena) {
    Replicas is = replicas_of(object);
    ObjectCondition progressing = object_condition_find(object, "Progressing");
    ObjectCondition available = object_condition_find(object, "Available");
    ObjectCondition failure = object_condition_find(object, "ReplicaFailure");
    int64_t limit = object_condition_number(object, "spec", "progressDeadlineSeconds", INT32_MAX);
    bool has_limit = limit < INT32_MAX;
    Readiness result = ready;
    if (kube_object_is_true(object, "spec", "paused"))
        return ready;
    if (str_equal(progressing.reason, STR("ProgressDeadlineExceeded")))
        return readiness_failed(&progressing, arena);
    if (is.updated < is.wanted)
        result = counted(is.updated, is.wanted, "updated", arena);
    else if (is.existing > is.updated)
        result = surplus(is.existing - is.updated, "old", arena);
    else if (is.existing > is.wanted)
        result = surplus(is.existing - is.wanted, "surplus", arena);
    else if (is.ready < is.wanted)
        result = counted(is.ready, is.wanted, "ready", arena);
    else if (is.available < is.wanted)
        result = counted(is.available, is.wanted, "available", arena);
    else if (has_limit && !str_equal(progressing.reason, STR("NewReplicaSetAvailable")))
        result = because(readiness_in_progress(STR("rollout not complete")), &progressing, arena);
    else if (!object_condition_is_true(&available))
        result = because(readiness_in_progress(STR("not available")), &available, arena);
    bool is_blocked = result.level != READINESS_READY && object_condition_is_true(&failure);
    return is_blocked ? because(result, &failure, arena) : result;
}

/* How many pods of a StatefulSet an update changes: those from the partition on. */
static int64_t update_count(Value object, int64_t wanted) {
    int64_t partition = number_at(object, "spec.updateStrategy.rollingUpdate", "partition");
    return partition < wanted ? wanted - partition : 0;
}

static bool is_on_delete(Value object) {
    return str_equal(kube_object_text(object, "spec.updateStrategy", "type"), STR("OnDelete"));
}

static Readiness stateful_set(Value object, Arena *arena) {
    Replicas is = replicas_of(object);
    int64_t to_update = update_count(object, is.wanted);
    bool has_pause = number_at(object, "spec", "minReadySeconds") > 0;
    Str current = kube_object_text(object, "status", "currentRevision");
    Str update = kube_object_text(object, "status", "updateRevision");
    if (is.ready < is.wanted)
        return counted(is.ready, is.wanted, "ready", arena);
    if (is.existing > is.wanted)
        return surplus(is.existing - is.wanted, "surplus", arena);
    if (has_pause && is.available < is.wanted)
        return counted(is.available, is.wanted, "available", arena);
    if (is_on_delete(object)) /* pods are updated when the user deletes them */
        return ready;
    if (is.updated < to_update)
        return counted(is.updated, to_update, "updated", arena);
    if (to_update == is.wanted && !str_equal(current, update))
        return readiness_in_progress(STR("rollout not complete"));
    return ready;
}

static Readiness daemon_set(Value object, Arena *arena) {
    int64_t wanted = object_condition_number(object, "status", "desiredNumberScheduled", -1);
    int64_t scheduled = number_at(object, "status", "currentNumberScheduled");
    int64_t updated = number_at(object, "status", "updatedNumberScheduled");
    int64_t available = number_at(object, "status", "numberAvailable");
    int64_t is_ready = number_at(object, "status", "numberReady");
    if (wanted < 0)
        return readiness_in_progress(STR("number of pods not decided"));
    if (scheduled < wanted)
        return counted(scheduled, wanted, "scheduled", arena);
    if (updated < wanted && !is_on_delete(object))
        return counted(updated, wanted, "updated", arena);
    if (is_ready < wanted)
        return counted(is_ready, wanted, "ready", arena);
    if (available < wanted)
        return counted(available, wanted, "available", arena);
    return ready;
}

static Readiness replica_set(Value object, Arena *arena) {
    Replicas is = replicas_of(object);
    ObjectCondition failure = object_condition_find(object, "ReplicaFailure");
    int64_t labelled = number_at(object, "status", "fullyLabeledReplicas");
    Readiness result = ready;
    if (labelled < is.wanted)
        result = counted(labelled, is.wanted, "created", arena);
    else if (is.existing > is.wanted)
        result = surplus(is.existing - is.wanted, "surplus", arena);
    else if (is.ready < is.wanted)
        result = counted(is.ready, is.wanted, "ready", arena);
    else if (is.available < is.wanted)
        result = counted(is.available, is.wanted, "available", arena);
    bool is_blocked = result.level != READINESS_READY && object_condition_is_true(&failure);
    return is_blocked ? because(result, &failure, arena) : result;
}

static Readiness pod(Value object, Arena *arena) {
    PodState state = pod_state_of(object);
    Str text = state.message.len
                   ? str_format(arena, "%.*s: %.*s", STR_ARG(state.reason), STR_ARG(state.message))
                   : state.reason;
    if (state.is_ready || state.has_succeeded)
        return ready;
    if (state.has_failed)
        return (Readiness){READINESS_FAILED, text};
    return (Readiness){state.is_stuck ? READINESS_STUCK : READINESS_IN_PROGRESS, text};
}

static Readiness job(Value object, Arena *arena) {
    ObjectCondition complete = object_condition_find(object, "Complete");
    ObjectCondition failure = object_condition_find(object, "Failed");
    int64_t succeeded = number_at(object, "status", "succeeded");
    int64_t wanted = object_condition_number(object, "spec", "completions", 1);
    int64_t broken = number_at(object, "status", "failed");
    if (object_condition_is_true(&failure))
        return readiness_failed(&failure, arena);
    if (object_condition_is_true(&complete) || kube_object_is_true(object, "spec", "suspend"))
        return ready;
    Readiness result = counted(succeeded, wanted, "completed", arena);
    if (broken)
        result.reason =
            str_format(arena, "%.*s, %" PRId64 " failed", STR_ARG(result.reason), broken);
    return result;
}

static Readiness readiness_claim(Value object, Arena *) {
    Str phase = kube_object_text(object, "status", "phase");
    if (str_equal(phase, STR("Bound")))
        return ready;
    if (str_equal(phase, STR("Lost")))
        return (Readiness){READINESS_FAILED, STR("its volume is lost")};
    return readiness_in_progress(STR("not bound to a volume"));
}

static Readiness service(Value object, Arena *) {
    Value ingress;
    if (!str_equal(kube_object_text(object, "spec", "type"), STR("LoadBalancer")))
        return ready;
    if (kube_object_find(object, "status.loadBalancer", "ingress", &ingress) && ingress.count > 0)
        return ready;
    return readiness_in_progress(STR("no load balancer address"));
}

static Readiness namespace(Value object, Arena *) {
    if (str_equal(kube_object_text(object, "status", "phase"), STR("Active")))
        return ready;
    return readiness_in_progress(STR("not active"));
}

/* Names can be in use by a definition that is being deleted, so a conflict is not final. */
static Readiness definition(Value object, Arena *arena) {
    ObjectCondition names = object_condition_find(object, "NamesAccepted");
    ObjectCondition established = object_condition_find(object, "Established");
    if (object_condition_is_false(&names))
        return because((Readiness){READINESS_STUCK, STR("names not accepted")}, &names, arena);
    if (!object_condition_is_true(&established) || !object_condition_is_true(&names))
        return because(readiness_in_progress(STR("not established")), &established, arena);
    return ready;
}

static Readiness api_service(Value object, Arena *arena) {
    ObjectCondition available = object_condition_find(object, "Available");
    if (object_condition_is_true(&available))
        return ready;
    return because(readiness_in_progress(STR("not available")), &available, arena);
}

static Readiness disruption_budget(Value object, Arena *arena) {
    int64_t wanted = object_condition_number(object, "status", "desiredHealthy", -1);
    int64_t healthy = number_at(object, "status", "currentHealthy");
    if (wanted < 0)
        return readiness_in_progress(STR("number of pods not decided"));
    return healthy < wanted ? counted(healthy, wanted, "healthy", arena) : ready;
}

/* Controllers report a failure that they do not try again by Stalled, before they accept the
 * generation as a whole. A Ready that is False may be a state on the way. */
static bool is_stalled(Value object, const ObjectCondition *stalled) {
    int64_t generation = number_at(object, "metadata", "generation");
    int64_t observed = object_condition_number(object, "status", "observedGeneration", generation);
    if (stalled->observed >= 0)
        observed = stalled->observed;
    return object_condition_is_true(stalled) && observed == generation;
}

/* Returns false if a condition is about an older generation, and the status has none of its own,
 * which readiness_of compares. */
static bool readiness_is_current(Value object, const ObjectCondition *condition) {
    int64_t generation = number_at(object, "metadata", "generation");
    bool has_other = object_condition_number(object, "status", "observedGeneration", -2) > -2;
    return has_other || condition->observed < 0 || condition->observed >= generation;
}

/* Returns "not ready", with the text of Ready. */
static Readiness not_ready(const ObjectCondition *is, Arena *arena) {
    Readiness result = because(readiness_in_progress(STR("not ready")), is, arena);
    result.is_failure = object_condition_is_false(is);
    return result;
}

static Readiness any_kind(Value object, Arena *arena) {
    ObjectCondition reconciling = object_condition_find(object, "Reconciling");
    ObjectCondition is = object_condition_find(object, "Ready");
    bool is_not_ready = is.type.len > 0 && !object_condition_is_true(&is);
    if (is_not_ready)
        return not_ready(&is, arena);
    if (object_condition_is_true(&reconciling))
        return because(readiness_in_progress(STR("being reconciled")), &reconciling, arena);
    if (is.type.len > 0 && !readiness_is_current(object, &is))
        return readiness_in_progress(STR(UNSEEN));
    return ready;
}

typedef struct Rule {
    const char *group;
    const char *kind;
    bool has_observed; /* its controller always writes status.observedGeneration */
    bool has_pods;
    Readiness (*of)(Value object, Arena *arena);
} Rule;

static const Rule rules[] = {
    {"", "Namespace", false, false, namespace},
    {"", "PersistentVolumeClaim", false, false, readiness_claim},
    {"", "Pod", false, false, pod},
    {"", "ReplicationController", true, true, replica_set},
    {"", "Service", false, false, service},
    {"apiextensions.k8s.io", "CustomResourceDefinition", false, false, definition},
    {"apiregistration.k8s.io", "APIService", false, false, api_service},
    {"apps", "DaemonSet", true, true, daemon_set},
    {"apps", "Deployment", true, true, deployment},
    {"apps", "ReplicaSet", true, true, replica_set},
    {"apps", "StatefulSet", true, true, stateful_set},
    {"batch", "Job", false, true, job},
    {"policy", "PodDisruptionBudget", true, false, disruption_budget},
};
static const Rule other = {.of = any_kind};

static const Rule *rule_of(Str group, Str kind) {
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
        if (str_equal_cstr(kind, rules[i].kind) && str_equal_cstr(group, rules[i].group))
            return &rules[i];
    }
    return &other;
}

static Readiness deleted(Value object, Arena *arena) {
    StrVec names = value_texts_of(kube_object_list(object, "metadata", "finalizers"), arena);
    Str list = str_join(names.items, names.count, STR(", "), arena);
    Str reason = STR("it is being deleted");
    if (names.count)
        reason = str_format(arena, "it is being deleted; finalizers: %.*s", STR_ARG(list));
    return (Readiness){READINESS_FAILED, reason};
}

/* The controller has not accepted the newest generation. A condition about it says why. */
static Readiness unseen(Value object, Arena *arena) {
    ObjectCondition is = object_condition_find(object, "Ready");
    bool is_new = is.observed == number_at(object, "metadata", "generation");
    bool has_reason = is_new && !object_condition_is_true(&is);
    return has_reason ? not_ready(&is, arena) : readiness_in_progress(STR(UNSEEN));
}

Readiness readiness_of(Value object, const ReadinessFacts *facts, Arena *arena) {
    Str group, version;
    kube_resource_split(kube_object_text(object, "", "apiVersion"), &group, &version);
    const Rule *rule = rule_of(group, kube_object_text(object, "", "kind"));
    ObjectCondition stalled = object_condition_find(object, "Stalled");
    int64_t generation = number_at(object, "metadata", "generation");
    int64_t none = rule->has_observed ? -1 : generation;
    if (kube_object_text(object, "metadata", "deletionTimestamp").len)
        return deleted(object, arena);
    if (is_stalled(object, &stalled))
        return readiness_failed(&stalled, arena);
    if (object_condition_number(object, "status", "observedGeneration", none) < generation)
        return unseen(object, arena);
    Readiness result = rule->of(object, arena);
    bool is_bound_late = rule->of == readiness_claim && facts && facts->waits_for_consumer;
    return is_bound_late && result.level == READINESS_IN_PROGRESS ? ready : result;
}

bool readiness_has_pods(const KubeResource *resource) {
    return rule_of(resource->group, resource->kind)->has_pods;
}
