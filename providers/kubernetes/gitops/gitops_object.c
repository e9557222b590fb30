#include "gitops_object.h"

#include "cluster.h"
#include "kube_error.h"
#include "wait_follow.h"

GitopsLink gitops_link(const char *api_version, const char *kind, Str id) {
    size_t slash = str_find_char(id, '/', 0);
    CHECK(slash != SIZE_MAX);
    return (GitopsLink){
        .api_version = str_from_cstr(api_version),
        .kind = str_from_cstr(kind),
        .namespace = str_slice(id, 0, slash),
        .name = str_after(id, slash + 1),
    };
}

#define REQUEST_MS 20000 /* how long the server may be unreachable */
#define DEPTH_MAX  4     /* a HelmRelease has a chart, which has a repository */

/* One object in work. */
typedef struct GitopsTask {
    const Call *call;
    const GitopsObject *object;
    KubeCall kube;
    KubeResource resource;
    KubeRef ref;
    KubeResponse reply;
    Value live;
    Str time; /* of the request; empty: none */
    Diags *diags;
} GitopsTask;

static Str object_title_of(const GitopsTask *task) {
    const GitopsLink *link = &task->object->link;
    return str_format(task->call->arena, "%.*s %.*s/%.*s", STR_ARG(link->kind),
                      STR_ARG(link->namespace), STR_ARG(link->name));
}

static bool object_failed(GitopsTask *task, const char *action) {
    return kube_error_report(&task->kube, action, task->ref.resource ? &task->ref : NULL,
                             &task->reply, task->diags);
}

static bool object_report_absent(const GitopsTask *task, Str why) {
    return diags_fail(
        task->diags, NO_RANGE, "GitOps object not found",
        "The cluster has no %.*s%s%.*s%s. Another client may have deleted it: run \"loam plan\".",
        STR_ARG(object_title_of(task)), why.len ? " (" : "", STR_ARG(why), why.len ? ")" : "");
}

/* Returns requests that do not wait for the server as long as the call may take. */
static KubeCall brief_call(const Call *call) {
    KubeCall kube = cluster_call(call);
    int64_t end_ms = call_monotonic_ms(call) + REQUEST_MS;
    if (kube.deadline_ms == 0 || end_ms < kube.deadline_ms)
        kube.deadline_ms = end_ms;
    return kube;
}

static bool object_begin(const Call *call, const GitopsObject *object, GitopsTask *task,
                         Diags *diags) {
    const GitopsLink *link = &object->link;
    *task = (GitopsTask){.call = call, .object = object, .kube = brief_call(call), .diags = diags};
    KubeOutcome outcome = kube_discovery_find(cluster_discovery(call->client), &task->kube,
                                              (KubeKind){link->api_version, link->kind},
                                              &task->resource, &task->reply, diags);
    if (outcome == KUBE_ABSENT)
        return object_report_absent(task, task->reply.problem);
    if (outcome != KUBE_DONE)
        return object_failed(task, "Cluster not readable");
    task->ref =
        (KubeRef){.resource = &task->resource, .namespace = link->namespace, .name = link->name};
    outcome = kube_call_get(&task->kube, &task->ref, &task->reply, diags);
    if (outcome == KUBE_ABSENT)
        return object_report_absent(task, STR_EMPTY);
    return (outcome == KUBE_DONE && kube_client_decode(&task->reply, &task->live, call->arena)) ||
           object_failed(task, "GitOps object not read");
}

static bool gitops_object_patch(GitopsTask *task, Str body, const char *action) {
    KubePatch request = {
        .ref = task->ref,
        .type = KUBE_PATCH_MERGE,
        .body = body,
        .manager = STR(GITOPS_MANAGER),
        .is_repeatable = true,
    };
    task->kube = brief_call(task->call);
    KubeOutcome outcome = kube_call_patch(&task->kube, &request, &task->reply, task->diags);
    return (outcome == KUBE_DONE &&
            kube_client_decode(&task->reply, &task->live, task->call->arena)) ||
           object_failed(task, action);
}

static void object_add_row(const GitopsTask *task, GitopsResponse *response) {
    const GitopsController *controller = task->object->controller;
    GitopsRow row = {.object = object_title_of(task),
                     .is_suspended = controller->is_suspended(task->live)};
    controller->describe(task->live, &row, task->call->arena);
    vec_push(task->call->arena, &response->rows, row);
}

/* Suspension. */

static void warn_of_argument(const GitopsTask *task) {
    if (task->object->suspend_argument)
        diags_warning(task->diags, NO_RANGE, "Argument decides about suspension",
                      "The configuration of %.*s sets %s, so the next apply sets it back. Change "
                      "or remove the argument to keep this change.",
                      STR_ARG(task->call->address), task->object->suspend_argument);
}

static bool set_suspended(GitopsTask *task, bool is_suspended) {
    const GitopsController *controller = task->object->controller;
    Arena *arena = task->call->arena;
    bool is_configured = task->object->suspend_argument != NULL;
    if (controller->is_suspended(task->live) == is_suspended)
        return true;
    Str body = is_suspended ? controller->suspend(task->live, arena)
                            : controller->resume(task->live, is_configured, arena);
    if (!gitops_object_patch(task, body,
                             is_suspended ? "Object not suspended" : "Object not resumed"))
        return false;
    warn_of_argument(task);
    return true;
}

/* Reconciliation. */

static Readiness object_look(void *payload, Value object, Arena *arena) {
    const GitopsTask *task = payload;
    return task->object->controller->look(object, task->time, arena);
}

/* A failure only costs time: the next inquiry tries again. */
static void object_unblock(void *payload, const WaitObject *wait, Value object,
                           int64_t deadline_ms) {
    const GitopsTask *task = payload;
    Arena *arena = task->call->arena;
    KubeCall kube = wait_object_call(wait, deadline_ms, arena);
    KubeResponse response;
    KubePatch request = {
        .ref = wait->ref,
        .type = KUBE_PATCH_MERGE,
        .body = task->object->controller->unblock(object, arena),
        .manager = STR(GITOPS_MANAGER),
        .is_repeatable = true,
    };
    if (request.body.len)
        (void)kube_call_patch(&kube, &request, &response, NULL);
}

static bool wait_until_handled(GitopsTask *task) {
    const Cluster *cluster = task->call->client;
    WaitObject wait = {.call = task->call,
                       .client = cluster_client(cluster),
                       .discovery = cluster_discovery(cluster),
                       .ref = task->ref};
    WaitFollow follow = {
        .goal = "reconciled",
        .hint = "Check that its controller runs, or allow more time with -timeout.",
        .failure_hint = "Correct the object or its source, and reconcile it again.",
        .look = object_look,
        .inquire = task->object->controller->unblock ? object_unblock : NULL,
        .payload = task,
    };
    return wait_follow_until(&wait, &follow, &task->live, task->diags);
}

static bool check_active(const GitopsTask *task) {
    if (!task->object->controller->is_suspended(task->live))
        return true;
    return diags_fail(task->diags, NO_RANGE, "Object is suspended",
                      "%.*s is suspended, so its controller does not reconcile it. Run \"loam "
                      "gitops resume ADDRESS\" first, or resume it where it was suspended.",
                      STR_ARG(object_title_of(task)));
}

static bool reconcile(const Call *call, const GitopsObject *object, bool with_source,
                      unsigned depth, GitopsResponse *response, Diags *diags);

static bool reconcile_sources(const GitopsTask *task, unsigned depth, GitopsResponse *response) {
    const GitopsController *controller = task->object->controller;
    GitopsLinks links = {0};
    if (!controller->sources || depth == DEPTH_MAX)
        return true;
    controller->sources(task->live, &links, task->call->arena);
    vec_each(&links, link) {
        GitopsObject source = {.controller = controller, .link = *link};
        if (!reconcile(task->call, &source, true, depth + 1, response, task->diags))
            return false;
    }
    return true;
}

static bool request_and_wait(GitopsTask *task) {
    const GitopsController *controller = task->object->controller;
    const Clock *clock = task->call->io->clock;
    Arena *arena = task->call->arena;
    if (controller->is_static(task->live))
        return true;
    task->time = clock_format_rfc3339_fraction(clock->now_ms(clock->self), 9, arena);
    return gitops_object_patch(task, controller->request(task->live, task->time, arena),
                               "Reconciliation not requested") &&
           wait_until_handled(task);
}

static bool reconcile(const Call *call, const GitopsObject *object, bool with_source,
                      unsigned depth, GitopsResponse *response, Diags *diags) {
    GitopsTask task;
    if (!object_begin(call, object, &task, diags) || !check_active(&task) ||
        (with_source && !reconcile_sources(&task, depth, response)) || !request_and_wait(&task))
        return false;
    object_add_row(&task, response);
    return true;
}

bool gitops_object_run(const Call *call, const GitopsObject *object, const GitopsRequest *request,
                       GitopsResponse *response, Diags *diags) {
    GitopsTask task;
    if (request->action == GITOPS_RECONCILE)
        return reconcile(call, object, request->with_source, 0, response, diags);
    if (!object_begin(call, object, &task, diags) ||
        (request->action != GITOPS_STATUS &&
         !set_suspended(&task, request->action == GITOPS_SUSPEND)))
        return false;
    object_add_row(&task, response);
    return true;
}
