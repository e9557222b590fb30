#include "argocd_wait.h"

#include "argocd_equal.h"
#include "kube_call.h"
#include "kube_error.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_condition.h"
#include "utf8.h"
#include "wait_follow.h"
#include "wait_status.h"

#define REFRESH_MS  10000
#define SET_REFRESH "argocd.argoproj.io/application-set-refresh"

static Readiness argocd_wait_in_progress(Str reason) {
    return (Readiness){READINESS_IN_PROGRESS, reason};
}

static Value argocd_wait_member(Value object, const char *path, const char *last) {
    Value found = value_null(&TYPE_DYNAMIC);
    (void)!kube_object_find(object, path, last, &found);
    return found;
}

/* Returns whether both have the sources of the object. Argo CD fills in the source of a hydrator
 * itself. */
static bool has_sources(Value object, Value other) {
    Value ignored;
    if (kube_object_find(object, "spec", "sourceHydrator", &ignored))
        return true;
    return argocd_equal(argocd_wait_member(object, "spec", "source"),
                        argocd_wait_member(other, "", "source")) &&
           argocd_equal(argocd_wait_member(object, "spec", "sources"),
                        argocd_wait_member(other, "", "sources"));
}

static bool is_compared(Value object) {
    Value compared = argocd_wait_member(object, "status.sync", "comparedTo");
    return value_is_present(compared) && has_sources(object, compared) &&
           argocd_equal(argocd_wait_member(object, "spec", "destination"),
                        argocd_wait_member(compared, "", "destination"));
}

/* Revisions: `revision` of one source, `revisions` of several. */

static Str revision_text(Value holder, Arena *arena) {
    StrVec texts = value_texts_of(value_tuple_at(holder, STR("revisions")), arena);
    return texts.count ? str_join(texts.items, texts.count, STR(", "), arena)
                       : value_text_at(holder, STR("revision"));
}

static bool has_revision(Value holder, Str expected) {
    Value all = value_tuple_at(holder, STR("revisions"));
    for (size_t i = 0; value_is_present(all) && i < all.count; i++) {
        if (value_at(all, i).type->kind == KIND_STRING &&
            wait_status_is_revision(value_text(value_at(all, i)), expected))
            return true;
    }
    return wait_status_is_revision(value_text_at(holder, STR("revision")), expected);
}

/* Operations. */

/* Returns whether the operation syncs the sources of the object. */
static bool is_own_operation(Value object, Value operation) {
    Value sync = argocd_wait_member(operation, "operation", "sync"),
          result = argocd_wait_member(operation, "", "syncResult");
    Value holder = value_is_present(argocd_wait_member(sync, "", "source")) ||
                           value_is_present(argocd_wait_member(sync, "", "sources"))
                       ? sync
                       : result;
    bool is_silent = argocd_equal_is_empty(argocd_wait_member(holder, "", "source")) &&
                     argocd_equal_is_empty(argocd_wait_member(holder, "", "sources"));
    return is_silent || has_sources(object, holder);
}

static bool argocd_wait_has_failed(Value operation) {
    Str phase = kube_object_text(operation, "", "phase");
    return str_equal(phase, STR("Failed")) || str_equal(phase, STR("Error"));
}

static Str operation_text(Value operation, Arena *arena) {
    Value sync = argocd_wait_member(operation, "operation", "sync");
    Str revision = revision_text(sync, arena), message = kube_object_text(operation, "", "message");
    return str_format(arena, "the sync%s%.*s: %.*s: %.*s", revision.len ? " of " : "",
                      STR_ARG(revision), STR_ARG(kube_object_text(operation, "", "phase")),
                      STR_ARG(utf8_one_line(message, arena)));
}

/* Argo CD repeats a sync that has failed. */
static Readiness running(Value operation, Arena *arena) {
    bool is_repeated = kube_object_int(operation, "", "retryCount") > 0;
    return (Readiness){READINESS_IN_PROGRESS, operation_text(operation, arena), is_repeated};
}

/* Returns whether a failure of the operation is one of this wait. */
static bool ends_wait(const ApplicationTest *test, Value object, Value operation) {
    Value sync = argocd_wait_member(operation, "operation", "sync");
    bool is_new = !value_is_present(test->baseline) || !argocd_equal(operation, test->baseline);
    return is_new && argocd_wait_has_failed(operation) && is_own_operation(object, operation) &&
           (test->expected.len == 0 || has_revision(sync, test->expected));
}

/* Returns whether the comparison was made after the end of the operation. Both times are those of
 * the controller, in seconds. */
static bool is_compared_later(Value object, Value operation) {
    Str finished = kube_object_text(operation, "", "finishedAt");
    Str compared = kube_object_text(object, "status", "reconciledAt");
    return finished.len && str_compare(compared, finished) > 0;
}

/* The application is synced and healthy at the right revision. */
static Readiness test_operation(Value object, Value operation, Arena *arena) {
    Value sync = argocd_wait_member(operation, "operation", "sync"), ignored;
    Str revision = kube_object_text(object, "status.sync", "revision");
    Str phase = kube_object_text(operation, "", "phase");
    if (kube_object_find(object, "", "operation", &ignored))
        return argocd_wait_in_progress(STR("a sync is requested"));
    if (!value_is_present(operation))
        return (Readiness){READINESS_READY};
    bool is_at_revision = revision.len == 0 || has_revision(sync, revision);
    if (str_equal(phase, STR("Succeeded")) && is_at_revision)
        return (Readiness){READINESS_READY};
    if (!is_at_revision && is_compared_later(object, operation))
        return (Readiness){READINESS_READY}; /* there was nothing to sync */
    return (Readiness){argocd_wait_has_failed(operation) ? READINESS_STUCK : READINESS_IN_PROGRESS,
                       operation_text(operation, arena)};
}

/* Conditions: all entries of Argo CD are warnings and errors; its types tell them apart. */
static ObjectCondition error_condition(Value object) {
    Value all = object_condition_all(object);
    for (size_t i = 0; i < all.count; i++) {
        ObjectCondition one = object_condition_at(all, i);
        if (str_ends_with(one.type, STR("Error")))
            return one;
    }
    return (ObjectCondition){0};
}

static bool argocd_wait_is_automated(Value object) {
    Value automated = argocd_wait_member(object, "spec.syncPolicy", "automated");
    Value enabled = argocd_wait_member(automated, "", "enabled");
    return value_is_present(automated) && (!value_is_present(enabled) || value_is_true(enabled));
}

static Readiness test_comparison(const ApplicationTest *test, Value object, Arena *arena) {
    Value sync = argocd_wait_member(object, "status", "sync");
    Str status = kube_object_text(sync, "", "status");
    if (!is_compared(object) || status.len == 0 || str_equal(status, STR("Unknown")))
        return argocd_wait_in_progress(STR("not compared with its source yet"));
    if (test->expected.len && !has_revision(sync, test->expected))
        return argocd_wait_in_progress(
            str_format(arena, "compared with the revision %.*s, not %.*s",
                       STR_ARG(revision_text(sync, arena)), STR_ARG(test->expected)));
    if (!argocd_wait_is_automated(object) && !str_equal(status, STR("Synced")))
        return (Readiness){READINESS_READY};
    Str health = kube_object_text(object, "status.health", "status");
    Str message = kube_object_text(object, "status.health", "message");
    if (!str_equal(status, STR("Synced")) || !str_equal(health, STR("Healthy")))
        return argocd_wait_in_progress(str_format(arena, "%.*s, %.*s%s%.*s", STR_ARG(status),
                                                  STR_ARG(health), message.len ? ": " : "",
                                                  STR_ARG(utf8_one_line(message, arena))));
    return test_operation(object, argocd_wait_member(object, "status", "operationState"), arena);
}

/* Returns whether host keys or certificates are missing. */
static bool is_untrusted(const ObjectCondition *error) {
    return str_find(error->message, STR("x509: "), 0) != SIZE_MAX ||
           str_find(error->message, STR("knownhosts: "), 0) != SIZE_MAX;
}

static Readiness test_error(const ApplicationTest *test, const ObjectCondition *error,
                            Arena *arena) {
    Str reason = str_format(arena, "%.*s: %.*s", STR_ARG(error->type),
                            STR_ARG(utf8_one_line(error->message, arena)));
    bool may_pass = test->awaits_mounts && is_untrusted(error);
    return (Readiness){may_pass ? READINESS_IN_PROGRESS : READINESS_STUCK, reason};
}

Readiness argocd_wait_application_test(const ApplicationTest *test, Value object, Arena *arena) {
    Value operation = argocd_wait_member(object, "status", "operationState");
    ObjectCondition error = error_condition(object);
    if (kube_object_text(object, "metadata", "deletionTimestamp").len)
        return (Readiness){READINESS_FAILED, STR("it is being deleted")};
    if (ends_wait(test, object, operation))
        return (Readiness){READINESS_FAILED, operation_text(operation, arena)};
    if (str_equal(kube_object_text(operation, "", "phase"), STR("Running")))
        return running(operation, arena);
    if (error.type.len)
        return test_error(test, &error, arena);
    return test_comparison(test, object, arena);
}

/* Returns whether the operation syncs what the newest comparison compared. */
static bool is_current_operation(Value object, Value operation) {
    Value sync = argocd_wait_member(operation, "operation", "sync"),
          compared = argocd_wait_member(object, "status", "sync");
    Value revisions = argocd_wait_member(compared, "", "revisions");
    Str revision = kube_object_text(compared, "", "revision");
    bool is_same_revision =
        argocd_equal_is_empty(revisions)
            ? revision.len == 0 || has_revision(sync, revision)
            : argocd_equal(argocd_wait_member(sync, "", "revisions"), revisions);
    return is_same_revision && is_own_operation(object, operation);
}

/* Users may sync any revision, so only automated syncs are obsolete. Without an expected revision
 * any revision of the source will do. */
static bool is_obsolete(const ApplicationTest *test, Value object, Value operation) {
    Value automated = argocd_wait_member(operation, "operation.initiatedBy", "automated"), ignored;
    bool is_running = str_equal(kube_object_text(operation, "", "phase"), STR("Running")) &&
                      kube_object_find(object, "", "operation", &ignored);
    if (!is_running || !value_is_true(automated) || !is_compared(object))
        return false;
    if (test->expected.len == 0)
        return !is_own_operation(object, operation);
    return has_revision(argocd_wait_member(object, "status", "sync"), test->expected) &&
           !is_current_operation(object, operation);
}

Str argocd_wait_termination_patch(const ApplicationTest *test, Value object, Arena *arena) {
    Str version = kube_object_text(object, "metadata", "resourceVersion");
    if (!is_obsolete(test, object, argocd_wait_member(object, "status", "operationState")))
        return STR_EMPTY;
    return str_format(arena,
                      "{\"metadata\":{\"resourceVersion\":\"%.*s\"},"
                      "\"status\":{\"operationState\":{\"phase\":\"Terminating\"}}}",
                      STR_ARG(version));
}

static Readiness look_at_application(void *payload, Value object, Arena *arena) {
    return argocd_wait_application_test(payload, object, arena);
}

/* Sends a merge patch; on success sets *object to the new object. A failure adds no error. */
static KubeOutcome send_patch(const WaitObject *wait, Str body, int64_t deadline_ms,
                              KubeResponse *response, Value *object) {
    Arena *arena = wait->call->arena;
    KubeCall kube = wait_object_call(wait, deadline_ms, arena);
    KubePatch patch = {
        .ref = wait->ref,
        .type = KUBE_PATCH_MERGE,
        .body = body,
        .manager = STR("loam-refresh"),
        .is_repeatable = true,
    };
    KubeOutcome outcome = kube_call_patch(&kube, &patch, response, NULL);
    if (outcome == KUBE_DONE && object)
        (void)!kube_client_decode(response, object, arena);
    return outcome;
}

static int64_t request_end_ms(const WaitObject *wait) {
    return call_monotonic_ms(wait->call) + REFRESH_MS;
}

/* Asks Argo CD to look for the newest revision now, not at the end of its interval. A failure only
 * costs time. */
static void request_refresh(const WaitObject *wait) {
    KubeResponse response;
    Str body = STR("{\"metadata\":{\"annotations\":{\"argocd.argoproj.io/refresh\":\"normal\"}}}");
    (void)send_patch(wait, body, request_end_ms(wait), &response, NULL);
}

/* Returns the patch that requests a comparison after an error, whose cause may be gone since: Argo
 * CD compares again only at the end of its interval, and generates manifests again only after a
 * hard refresh. Empty without an error, and while a request is not handled. */
static Str repeat_patch(Value object, Arena *arena) {
    ObjectCondition error = error_condition(object);
    Value ignored;
    bool is_requested =
        kube_object_find(object, "metadata.annotations", "argocd.argoproj.io/refresh", &ignored);
    bool is_cached = str_find(error.message, STR("(cached)"), 0) != SIZE_MAX;
    if (!str_equal(error.type, STR("ComparisonError")) || is_requested)
        return STR_EMPTY;
    return str_format(arena,
                      "{\"metadata\":{\"annotations\":{\"argocd.argoproj.io/refresh\":\"%s\"}}}",
                      is_cached ? "hard" : "normal");
}

/* A failure only costs time: the next inquiry tries again. */
static void inquire_application(void *payload, const WaitObject *wait, Value object,
                                int64_t deadline_ms) {
    KubeResponse response;
    Str body = argocd_wait_termination_patch(payload, object, wait->call->arena);
    if (!body.len)
        body = repeat_patch(object, wait->call->arena);
    if (body.len)
        (void)send_patch(wait, body, deadline_ms, &response, NULL);
}

bool argocd_wait_application(const Call *call, Value planned, ObjectApplied *applied,
                             Diags *diags) {
    WaitObject wait = object_arguments_wait_object(call, applied);
    ApplicationTest test = {
        .expected = object_text(planned, "wait_for_revision", STR_EMPTY),
        .baseline = argocd_wait_member(applied->live, "status", "operationState"),
        .awaits_mounts = true,
    };
    WaitFollow follow = {
        .goal = "synced and healthy",
        .hint = "Correct the application or its source, check that Argo CD runs, allow more time "
                "in \"timeouts\", or set \"wait_for_ready\" to false.",
        .failure_hint = "Correct the application or its source, or set \"wait_for_ready\" to "
                        "false.",
        .look = look_at_application,
        .inquire = inquire_application,
        .payload = &test,
    };
    if (!object_bool(planned, "wait_for_ready", true))
        return true;
    bool is_behind = value_is_present(argocd_wait_member(applied->live, "status", "sync")) &&
                     test_comparison(&test, applied->live, call->arena).level != READINESS_READY;
    if (is_behind)
        request_refresh(&wait);
    return wait_follow_until(&wait, &follow, &applied->live, diags);
}

bool argocd_wait_is_application_ready(const Call *call, Value planned, Value live) {
    ApplicationTest test = {
        .expected = object_text(planned, "wait_for_revision", STR_EMPTY),
        .baseline = argocd_wait_member(live, "status", "operationState"),
    };
    return !object_bool(planned, "wait_for_ready", true) ||
           argocd_wait_application_test(&test, live, call->arena).level == READINESS_READY;
}

/* ApplicationSets. */

static Readiness look_at_set(void *, Value object, Arena *arena) {
    Value ignored;
    ObjectCondition error = object_condition_find(object, "ErrorOccurred");
    ObjectCondition current = object_condition_find(object, "ResourcesUpToDate");
    if (kube_object_text(object, "metadata", "deletionTimestamp").len)
        return (Readiness){READINESS_FAILED, STR("it is being deleted")};
    if (object_condition_is_true(&error))
        return (Readiness){READINESS_STUCK, object_condition_text(&error, arena)};
    if (kube_object_find(object, "metadata.annotations", SET_REFRESH, &ignored))
        return argocd_wait_in_progress(STR("refresh not handled by its controller yet"));
    if (object_condition_is_true(&current) && error.type.len)
        return (Readiness){READINESS_READY};
    return argocd_wait_in_progress(current.type.len ? object_condition_text(&current, arena)
                                                    : STR("not seen by its controller"));
}

/* Without conditions, the object is new to the controller. */
static bool refresh_set(const WaitObject *wait, Value *live, Diags *diags) {
    KubeResponse response;
    KubeCall kube = wait_object_call(wait, 0, wait->call->arena);
    Str body = STR("{\"metadata\":{\"annotations\":{\"" SET_REFRESH "\":\"true\"}}}");
    if (object_condition_all(*live).count == 0 ||
        send_patch(wait, body, request_end_ms(wait), &response, live) == KUBE_DONE)
        return true;
    return kube_error_report(&kube, "Refresh not requested", &wait->ref, &response, diags);
}

bool argocd_wait_application_set(const Call *call, Value planned, ObjectApplied *applied,
                                 Diags *diags) {
    WaitObject wait = object_arguments_wait_object(call, applied);
    WaitFollow follow = {
        .goal = "up to date",
        .hint = "Correct the generators or the template, check that the controller of "
                "ApplicationSets runs, allow more time in \"timeouts\", or set "
                "\"wait_for_ready\" to false.",
        .failure_hint = "Correct the generators or the template, or set \"wait_for_ready\" to "
                        "false.",
        .look = look_at_set,
    };
    return !object_bool(planned, "wait_for_ready", true) ||
           (refresh_set(&wait, &applied->live, diags) &&
            wait_follow_until(&wait, &follow, &applied->live, diags));
}
