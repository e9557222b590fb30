/* argocd_application: manifests of a source that Argo CD applies to a cluster. */
#include "argocd_provider.h"

#include "argocd_fields.h"
#include "argocd_gitops.h"
#include "argocd_wait.h"
#include "kube_object.h"
#include "object_builder.h"

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
    Value metadata, finalizers = value_null(&TYPE_DYNAMIC);
    if (value_find_present(live, STR("metadata"), &metadata))
        finalizers = value_tuple_at(metadata, STR("finalizers"));
    for (size_t i = 0; value_is_present(finalizers) && i < finalizers.count; i++) {
        Value name = value_at(finalizers, i);
        if (name.type->kind == KIND_STRING && str_starts_with(value_text(name), STR(CASCADE_NAME)))
            return true;
    }
    return false;
}

static Value application_state_of(const Call *call, Value state, Value live, bool is_import) {
    ObjectBuilder builder =
        object_builder_of(spec_object_state(call, state, live, is_import), call->arena);
    object_builder_set(&builder, "cascade", value_bool(has_cascade(live)));
    return object_builder_value(&builder);
}

/* clang-format off */
static const Attribute attributes[] = {
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
static const Block blocks[] = {SPEC_BLOCKS};

static const char *const members[] = {"spec", "cascade", NULL};
static const SpecObject application_object = {
    .typed = {.api_version = "argoproj.io/v1alpha1",
              .kind = "Application",
              .is_namespaced = true,
              .members = members,
              .manifest = application_manifest_of,
              .state = application_state_of,
              .wait = argocd_wait_application,
              .is_ready = argocd_wait_is_application_ready,
              .waits_unchanged = true},
    .ints_or_texts = argocd_ints_or_texts,
};

const ResourceType argocd_application = {
    .name = "argocd_application",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks),
               .description = "An Application: manifests of a source that Argo CD applies to a "
                              "cluster and keeps."},
    .payload = &application_object,
    TYPED_SLOTS,
    .gitops = argocd_gitops,
};
