/* argocd_gitops: requests by annotation, suspension by spec.syncPolicy.automated.enabled. */
#include "argocd_gitops.h"

#include "argocd_wait.h"
#include "kube_object.h"
#include "object_builder.h"
#include "spec_object.h"

#define REFRESH "argocd.argoproj.io/refresh"

static Str gitops_request_patch(Value object, Str time, Arena *arena) {
    (void)object, (void)time, (void)arena;
    return STR("{\"metadata\":{\"annotations\":{\"" REFRESH "\":\"normal\"}}}");
}

static bool gitops_is_automated(Value object) {
    Value found;
    return kube_object_find(object, "spec.syncPolicy", "automated", &found);
}

/* Users sync an application without automated syncs, so there is nothing to suspend. The member
 * would make its syncs automated when it is resumed. */
static Str gitops_suspend_patch(Value object, Arena *) {
    return gitops_is_automated(object)
               ? STR("{\"spec\":{\"syncPolicy\":{\"automated\":{\"enabled\":false}}}}")
               : STR("{}");
}

/* Without the field no manager owns it, so that a later configuration may set it. */
static Str gitops_resume_patch(Value object, bool is_configured, Arena *arena) {
    (void)object, (void)arena;
    return is_configured ? STR("{\"spec\":{\"syncPolicy\":{\"automated\":{\"enabled\":true}}}}")
                         : STR("{\"spec\":{\"syncPolicy\":{\"automated\":{\"enabled\":null}}}}");
}

static bool gitops_is_suspended(Value object) {
    Value found;
    return kube_object_find(object, "spec.syncPolicy.automated", "enabled", &found) &&
           !value_is_true(found);
}

static bool gitops_is_static(Value) {
    return false;
}

/* A failed operation counts only at the revision of the newest comparison. */
static ApplicationTest test_of(Value object) {
    return (ApplicationTest){
        .expected = kube_object_text(object, "status.sync", "revision"),
        .baseline = value_null(&TYPE_DYNAMIC),
    };
}

static Str gitops_unblock(Value object, Arena *arena) {
    ApplicationTest application = test_of(object);
    return argocd_wait_termination_patch(&application, object, arena);
}

static Readiness test(Value object, Arena *arena) {
    ApplicationTest application = test_of(object);
    return argocd_wait_application_test(&application, object, arena);
}

/* The controller removes the annotation in the same write that has the new comparison. */
static Readiness gitops_look(Value object, Str, Arena *arena) {
    Value ignored;
    if (kube_object_find(object, "metadata.annotations", REFRESH, &ignored))
        return (Readiness){READINESS_IN_PROGRESS, STR("request not handled yet")};
    return test(object, arena);
}

static void gitops_describe(Value object, GitopsRow *row, Arena *arena) {
    static const char *const levels[] = {
        [READINESS_READY] = "True",
        [READINESS_IN_PROGRESS] = "Unknown",
        [READINESS_STUCK] = "False",
        [READINESS_FAILED] = "False",
    };
    Readiness readiness = test(object, arena);
    Str sync = kube_object_text(object, "status.sync", "status");
    Str health = kube_object_text(object, "status.health", "status");
    row->ready = sync.len ? str_from_cstr(levels[readiness.level]) : STR("-");
    row->revision = kube_object_text(object, "status.sync", "revision");
    row->message = readiness.level == READINESS_READY
                       ? str_format(arena, "%.*s, %.*s", STR_ARG(sync), STR_ARG(health))
                       : readiness.reason;
}

const GitopsController argocd_controller = {
    .request = gitops_request_patch,
    .suspend = gitops_suspend_patch,
    .resume = gitops_resume_patch,
    .is_suspended = gitops_is_suspended,
    .is_static = gitops_is_static,
    .look = gitops_look,
    .unblock = gitops_unblock,
    .describe = gitops_describe,
};

static bool sets_enabled(Value state) {
    Value found;
    return kube_object_find(state, "spec.sync_policy.automated", "enabled", &found);
}

bool argocd_gitops(const Call *call, const GitopsRequest *request, GitopsResponse *response,
                   Diags *diags) {
    const SpecObject *type = call->type->payload;
    Str id = object_text(request->state, "id", STR_EMPTY);
    GitopsObject object = {
        .controller = &argocd_controller,
        .link = gitops_link(type->typed.api_version, type->typed.kind, id),
        .suspend_argument =
            sets_enabled(request->state) ? "spec.sync_policy.automated.enabled" : NULL,
    };
    return gitops_object_run(call, &object, request, response, diags);
}
