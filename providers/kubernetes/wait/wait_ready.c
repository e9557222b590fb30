#include "wait_ready.h"
#include "object_events.h"
#include "wait_follow.h"

static const KubeResource storage_classes = {
    .group = STR_CONST("storage.k8s.io"),
    .version = STR_CONST("v1"),
    .kind = STR_CONST("StorageClass"),
    .plural = STR_CONST("storageclasses"),
};
#define CONSUMER "WaitForFirstConsumer"

static Readiness ready_look(void *payload, Value object, Arena *arena) {
    return readiness_of(object, payload, arena);
}

static bool class_binds_late(const KubeCall *call, Value claim) {
    KubeResponse response;
    Value class;
    KubeRef ref = {.resource = &storage_classes,
                   .name = kube_object_text(claim, "spec", "storageClassName")};
    return ref.name.len && kube_call_get(call, &ref, &response, NULL) == KUBE_DONE &&
           kube_client_decode(&response, &class, call->arena) &&
           str_equal_cstr(kube_object_text(class, "", "volumeBindingMode"), CONSUMER);
}

/* Decides whether a claim waits for a pod. Where the user may not read classes, an event of the
 * claim says the same. */
static void ready_inquire(void *payload, const WaitObject *wait, Value object,
                          int64_t deadline_ms) {
    SCOPED(ArenaRef) arena = arena_open("kubernetes claim");
    ReadinessFacts *facts = payload;
    KubeCall call = wait_object_call(wait, deadline_ms, arena);
    facts->waits_for_consumer =
        class_binds_late(&call, object) || object_events_read(&call, object, STR(CONSUMER)).count;
}

bool wait_ready(const WaitObject *wait, Value *object, Diags *diags) {
    ReadinessFacts facts = {0};
    bool is_claim = str_equal(wait->ref.resource->kind, STR("PersistentVolumeClaim"));
    WaitFollow follow = {
        .goal = "ready",
        .hint = "Correct the object, allow more time in \"timeouts\", or set \"wait_for_ready\" to "
                "false.",
        .failure_hint = "Correct the object, or set \"wait_for_ready\" to false.",
        .look = ready_look,
        .inquire = is_claim ? ready_inquire : NULL,
        .payload = &facts,
    };
    return wait_follow_until(wait, &follow, object, diags);
}
