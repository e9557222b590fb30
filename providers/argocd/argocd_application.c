/* argocd_application: manifests of a source that Argo CD applies to a cluster. */
#include "argocd_fields.h"
#include "argocd_provider.h"
#include "argocd_wait.h"
#include "gitops_object.h"
#include "kube_object.h"
#include "object_builder.h"
#include "spec_object.h"

/* A controller of `loam gitops`: requests by annotation, suspension by
 * spec.syncPolicy.automated.enabled. */

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

static const GitopsController argocd_controller = {
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

static bool argocd_gitops(const Call *call, const GitopsRequest *request, GitopsResponse *response,
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

/* Argo CD deletes the objects of an application that has a finalizer of this name, alone or with a
 * suffix. The API server warns of the name alone. */
#define CASCADE_NAME      "resources-finalizer.argocd.argoproj.io"
#define CASCADE_FINALIZER CASCADE_NAME "/foreground"

static Value application_manifest_of(TypedCall *typed, Value state, Value manifest) {
    Arena *arena = typed->call->arena;
    manifest = spec_object_manifest(typed, state, manifest);
    if (!object_bool(state, "cascade", true))
        return manifest;
    Value *finalizers = arena_new_array(arena, Value, 1);
    finalizers[0] = value_from_cstr(CASCADE_FINALIZER);
    return kube_object_with(manifest, "metadata", "finalizers", value_tuple(finalizers, 1, arena),
                            arena);
}

static bool has_cascade(Value live) {
    Value finalizers = kube_object_list(live, "metadata", "finalizers");
    for (size_t i = 0; i < finalizers.count; i++) {
        Value name = value_at(finalizers, i);
        if (name.type->kind == KIND_STRING && str_starts_with(value_text(name), STR(CASCADE_NAME)))
            return true;
    }
    return false;
}

static Value application_state_of(const Call *call, Value state, Value live, bool is_import) {
    return object_with(spec_object_state(call, state, live, is_import), "cascade",
                       value_bool(has_cascade(live)), call->arena);
}

/* clang-format off */
static const Attribute application_attributes[] = {
    {"spec", NULL, REQUIRED, "The fields of the object.", .nested = NESTED(NEST_SINGLE, argocd_application_spec)},
    {"cascade", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the deletion of the application deletes its objects, too. Otherwise they stay in the cluster.", .default_json = "true"},
    {"wait_for_ready", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether a creation or update waits until the application is synced and healthy.", .default_json = "true"},
    {"wait_for_revision", &TYPE_STRING, OPTIONAL,
     "Revision that a creation or update waits for: a commit, or the version of a chart (default: any)."},
    TYPED_ATTRIBUTES,
};
/* clang-format on */
static const Block application_blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const char *const application_members[] = {"spec", "cascade", NULL};
static const SpecObject application_object = {
    .typed = {.api_version = "argoproj.io/v1alpha1",
              .kind = "Application",
              .is_namespaced = true,
              .members = application_members,
              .manifest = application_manifest_of,
              .state = application_state_of,
              .wait = argocd_wait_application,
              .is_ready = argocd_wait_is_application_ready,
              .waits_unchanged = true},
    .ints_or_texts = argocd_ints_or_texts,
};

const ResourceType argocd_application = {
    .name = "argocd_application",
    .schema = {SCHEMA_ATTRIBUTES(application_attributes), SCHEMA_BLOCKS(application_blocks),
               .description = "An Application: manifests of a source that Argo CD applies to a "
                              "cluster and keeps."},
    .payload = &application_object,
    TYPED_SLOTS,
    .gitops = argocd_gitops,
};
