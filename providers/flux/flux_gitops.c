/* flux_gitops: requests by annotation, suspension by spec.suspend, sources by references. */
#include "flux_gitops.h"

#include "flux_fields.h"
#include "object_condition.h"

#define SOURCE_API "source.toolkit.fluxcd.io/v1"

static Str flux_gitops_request_patch(Value, Str time, Arena *arena) {
    return str_format(arena,
                      "{\"metadata\":{\"annotations\":{\"" FLUX_REQUESTED_AT "\":\"%.*s\"}}}",
                      STR_ARG(time));
}

static Str flux_gitops_suspend_patch(Value object, Arena *arena) {
    (void)object, (void)arena;
    return STR("{\"spec\":{\"suspend\":true}}");
}

/* Without the field no manager owns it, so that a later configuration may set it. */
static Str flux_gitops_resume_patch(Value object, bool is_configured, Arena *arena) {
    (void)object, (void)arena;
    return is_configured ? STR("{\"spec\":{\"suspend\":false}}")
                         : STR("{\"spec\":{\"suspend\":null}}");
}

static bool flux_gitops_is_suspended(Value object) {
    return kube_object_is_true(object, "spec", "suspend");
}

/* A registry of charts has no status. */
static bool flux_gitops_is_static(Value object) {
    return str_equal(kube_object_text(object, "", "kind"), STR("HelmRepository")) &&
           flux_status_helm_repository.is_static(object);
}

/* The controller writes lastHandledReconcileAt at the end of each attempt, also of a failed one,
 * which it repeats. Earlier conditions are about earlier requests. */
static Readiness flux_gitops_look(Value object, Str time, Arena *arena) {
    if (!str_equal(kube_object_text(object, "status", "lastHandledReconcileAt"), time))
        return (Readiness){READINESS_IN_PROGRESS, STR("request not handled yet")};
    return readiness_of(object, NULL, arena);
}

/* Where the kinds have the revision in their status, in the order of preference. */
static Str gitops_revision_of(Value object, Arena *arena) {
    static const char *const places[][2] = {
        {"status", "lastAppliedRevision"},     {"status.artifact", "revision"},
        {"status", "lastAttemptedRevision"},   {"status", "lastPushCommit"},
        {"status.lastScanResult", "revision"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        Str found = kube_object_text(object, places[i][0], places[i][1]);
        if (found.len)
            return found;
    }
    Str name = kube_object_text(object, "status.latestRef", "name");
    return name.len ? str_format(arena, "%.*s:%.*s", STR_ARG(name),
                                 STR_ARG(kube_object_text(object, "status.latestRef", "tag")))
                    : STR_EMPTY;
}

static void flux_gitops_describe(Value object, GitopsRow *row, Arena *arena) {
    ObjectCondition ready = object_condition_find(object, "Ready");
    ObjectCondition stalled = object_condition_find(object, "Stalled");
    row->ready = ready.status.len ? ready.status : STR("-");
    row->revision = gitops_revision_of(object, arena);
    row->message = object_condition_is_true(&stalled) ? stalled.message : ready.message;
}

/* Adds the object of a reference, unless it is absent. */
static void gitops_add_link(Value object, const char *path, const char *kind, GitopsLinks *out,
                            Arena *arena) {
    Str name = kube_object_text(object, path, "name");
    GitopsLink link = {
        .api_version = kube_object_text(object, path, "apiVersion"),
        .kind = kind ? str_from_cstr(kind) : kube_object_text(object, path, "kind"),
        .namespace = kube_object_text(object, path, "namespace"),
        .name = name,
    };
    bool is_watched = !str_equal(link.kind, STR("ExternalArtifact"));
    if (link.namespace.len == 0)
        link.namespace = kube_object_text(object, "metadata", "namespace");
    if (link.api_version.len == 0)
        link.api_version = str_equal(link.kind, STR("ImageRepository"))
                               ? STR("image.toolkit.fluxcd.io/v1")
                               : STR(SOURCE_API);
    if (name.len && is_watched)
        vec_push(arena, out, link);
}

/* The HelmChart that the controller has made for a HelmRelease: "NAMESPACE/NAME". */
static void add_chart(Value object, GitopsLinks *out, Arena *arena) {
    Str chart = kube_object_text(object, "status", "helmChart");
    if (str_find_char(chart, '/', 0) != SIZE_MAX)
        vec_push(arena, out, gitops_link(SOURCE_API, "HelmChart", chart));
}

static void gitops_sources(Value object, GitopsLinks *out, Arena *arena) {
    gitops_add_link(object, "spec.sourceRef", NULL, out, arena);
    gitops_add_link(object, "spec.chartRef", NULL, out, arena);
    gitops_add_link(object, "spec.imageRepositoryRef", "ImageRepository", out, arena);
    if (str_equal(kube_object_text(object, "", "kind"), STR("HelmRelease")))
        add_chart(object, out, arena);
}

const GitopsController flux_controller = {
    .request = flux_gitops_request_patch,
    .suspend = flux_gitops_suspend_patch,
    .resume = flux_gitops_resume_patch,
    .is_suspended = flux_gitops_is_suspended,
    .is_static = flux_gitops_is_static,
    .look = flux_gitops_look,
    .describe = flux_gitops_describe,
    .sources = gitops_sources,
};

static bool sets_suspend(Value state) {
    Value spec = object_attribute(state, "spec");
    return value_is_present(spec) && object_has(spec, "suspend");
}

bool flux_gitops(const Call *call, const GitopsRequest *request, GitopsResponse *response,
                 Diags *diags) {
    const SpecObject *type = call->type->payload;
    Str id = object_text(request->state, "id", STR_EMPTY);
    GitopsObject object = {
        .controller = &flux_controller,
        .link = gitops_link(type->typed.api_version, type->typed.kind, id),
        .suspend_argument = sets_suspend(request->state) ? "spec.suspend" : NULL,
    };
    return gitops_object_run(call, &object, request, response, diags);
}
