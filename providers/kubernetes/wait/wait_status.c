#include "wait_status.h"

#include "kube_call.h"
#include "object_condition.h"
#include "wait_follow.h"

#define REQUEST_MS 5000

typedef struct StatusTest {
    const WaitStatus *status;
    Str expected;
} StatusTest;

bool wait_status_is_revision(Str found, Str expected) {
    if (str_equal(found, expected))
        return true;
    char after = expected.len && expected.len < found.len && str_starts_with(found, expected)
                     ? found.ptr[expected.len]
                     : '\0';
    if (after == '@' || after == '+')
        return true;
    bool is_end = expected.len && expected.len < found.len && str_ends_with(found, expected);
    char before = is_end ? found.ptr[found.len - expected.len - 1] : '\0';
    return before == ':' || before == '@' || before == '/';
}

static Readiness status_in_progress(Str reason) {
    return (Readiness){READINESS_IN_PROGRESS, reason};
}

static Readiness test_revision(const StatusTest *test, Value object, Arena *arena) {
    const WaitStatus *status = test->status;
    Str found = kube_object_text(object, status->revision, status->revision_name);
    if (wait_status_is_revision(found, test->expected))
        return (Readiness){READINESS_READY};
    if (found.len == 0)
        return status_in_progress(STR("no revision yet"));
    return status_in_progress(str_format(arena, "at the revision %.*s, not %.*s", STR_ARG(found),
                                         STR_ARG(test->expected)));
}

static Readiness status_look(void *payload, Value object, Arena *arena) {
    const StatusTest *test = payload;
    const WaitStatus *status = test->status;
    Readiness result = readiness_of(object, NULL, arena);
    bool is_being_deleted = kube_object_text(object, "metadata", "deletionTimestamp").len > 0;
    bool is_left_alone = kube_object_is_true(object, "spec", "suspend") ||
                         (status->is_static && status->is_static(object));
    if (is_left_alone && !is_being_deleted)
        return (Readiness){READINESS_READY};
    if (result.level != READINESS_READY)
        return result;
    if (status->condition && object_condition_find(object, status->condition).type.len == 0)
        return status_in_progress(STR("not seen by its controller"));
    return test->expected.len && status->revision ? test_revision(test, object, arena) : result;
}

bool wait_status_is_reached(const WaitStatus *status, Str expected, Value object, Arena *arena) {
    StatusTest test = {status, expected};
    return status_look(&test, object, arena).level == READINESS_READY;
}

void wait_status_request(const WaitObject *wait, const WaitStatus *status) {
    Arena *arena = wait->call->arena;
    const Clock *clock = wait->call->io->clock;
    if (!status->request)
        return;
    KubeCall call = wait_object_call(wait, call_monotonic_ms(wait->call) + REQUEST_MS, arena);
    Str time = clock_format_rfc3339_fraction(clock->now_ms(clock->self), 9, arena);
    KubePatch patch = {
        .ref = wait->ref,
        .type = KUBE_PATCH_MERGE,
        .body = str_format(arena, "{\"metadata\":{\"annotations\":{\"%s\":\"%.*s\"}}}",
                           status->request, STR_ARG(time)),
        .manager = STR("loam-gitops"),
        .is_repeatable = true,
    };
    KubeResponse response;
    (void)kube_call_patch(&call, &patch, &response, NULL);
}

bool wait_status(const WaitObject *wait, const WaitStatus *status, Str expected, Value *object,
                 Diags *diags) {
    StatusTest test = {status, expected};
    WaitFollow follow = {
        .goal = "ready",
        .hint = "Correct the object, check that its controller runs, allow more time in "
                "\"timeouts\", or set \"wait_for_ready\" to false.",
        .failure_hint = "Correct the object or its source, or set \"wait_for_ready\" to false.",
        .look = status_look,
        .payload = &test,
    };
    return wait_follow_until(wait, &follow, object, diags);
}
