/* flux_instance: Flux from the manifests of a release, without a git repository. Its objects are
 * planned and changed like those of kubernetes_manifests. A deletion is
 * rejected while objects exist that only these controllers can delete. */
#include "flux_provider.h"

#include "flux_cluster.h"
#include "flux_components.h"
#include "manifests_apply.h"
#include "manifests_plan.h"
#include "manifests_read.h"
#include "manifests_source.h"
#include "object_arguments.h"
#include "object_builder.h"
#include "timeouts.h"

static void remove_namespace(ManifestObjects *objects) {
    size_t count = 0;
    vec_each(objects, object) {
        if (!str_equal(object->kind, STR("Namespace")))
            objects->items[count++] = *object;
    }
    objects->count = count;
}

static bool instance_read_objects(const Call *call, Value config, Path argument,
                                  ManifestObjects *out, Diags *diags) {
    FluxSettings settings = flux_settings_of(config, call->arena);
    ManifestObjects release = {0};
    Str problem;
    if (!flux_components_read(call, argument, object_text(config, "manifests", STR_EMPTY),
                              object_text(config, "manifests_sha256", STR_EMPTY), &release, diags))
        return false;
    if (!flux_components_objects(&release, &settings, out, &problem, call->arena))
        return path_error(call, argument, diags, "Manifests of Flux not usable", "%.*s",
                          STR_ARG(problem));
    if (!object_bool(config, "create_namespace", true))
        remove_namespace(out);
    return true;
}

static bool flux_instance_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return manifests_source_check(call, request->config, diags);
}

static bool instance_delete(const Call *call, const DeleteRequest *request,
                            DeleteResponse *response, Diags *diags) {
    FluxRemoval removal = {
        .namespace = flux_settings_namespace(request->prior),
        .keeps_namespace = !object_bool(request->prior, "create_namespace", true),
        .deletes_foreign = object_bool(request->prior, "force_destroy", false),
    };
    return flux_cluster_prepare_removal(call, &removal, diags) &&
           manifests_delete(call, request, response, diags);
}

/* clang-format off */
static const Attribute instance_attributes[] = {
    {"manifests", &TYPE_STRING, REQUIRED,
     "Path of the manifests of a release: a directory with a file for each component, or its install.yaml."},
    {"manifests_sha256", &TYPE_STRING, OPTIONAL,
     "SHA-256 digest of the manifests, in hexadecimal: of the file, or of the lines that sha256sum prints for the *.yaml of the directory, sorted by name."},
    {"version", &TYPE_STRING, REQUIRED,
     "Release of Flux that the manifests are from, such as v2.9.4."},
    {"namespace", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Namespace of Flux.", .default_json = "\"flux-system\""},
    {"create_namespace", &TYPE_BOOL, OPTIONAL,
     "Whether the namespace is one of the objects (default true)."},
    FLUX_SETTINGS_ATTRIBUTES,
    {"force_destroy", &TYPE_BOOL, OPTIONAL,
     "Whether a deletion also deletes objects of Flux's kinds, and objects of others in the namespace (default false). What Flux has applied stays."},
    {"objects", &TYPE_DYNAMIC, COMPUTED | CHANGES_ON_UPDATE | HAS_PARTS,
     "The objects as the server returned them, by \"GROUP/KIND/NAMESPACE/NAME\"."},
    {"prune_all", &TYPE_BOOL, OPTIONAL,
     "Whether CustomResourceDefinitions that are no longer in the manifests are deleted too (default false)."},
    OBJECT_ATTRIBUTES,
};
/* clang-format on */
static const Block instance_blocks[] = {OBJECT_FIELD_MANAGER_BLOCK, TIMEOUTS_BLOCK};

static const char *const instance_sources[] = {"manifests", NULL};
static const ManifestsType release = {
    .sources = instance_sources,
    .settings = flux_settings_arguments,
    .read = instance_read_objects,
    .hides_secrets = true,
};

const ResourceType flux_instance = {
    .name = "flux_instance",
    .schema = {SCHEMA_ATTRIBUTES(instance_attributes), SCHEMA_BLOCKS(instance_blocks),
               .sensitive_paths = manifests_read_sensitive,
               .description = "Flux from the manifests of a release, without a git repository. "
                              "Its sources are other resources."},
    .payload = &release,
    .recovery = RECOVERY_FINDS,
    .plans_destroy = true,
    .has_parts = true,
    .validate = flux_instance_validate,
    .plan = manifests_plan,
    .create = manifests_apply,
    .update = manifests_apply,
    .delete = instance_delete,
    .read = manifests_read,
    .recover = manifests_recover,
};
