/* argocd_install: Argo CD from the manifests of a release. Its objects are planned and changed like
 * those of kubernetes_manifests; the password of the admin is set when its Secret exists, before
 * the first server starts. */
#include "argocd_provider.h"

#include "argocd_admin.h"
#include "argocd_release.h"
#include "argocd_removal.h"
#include "argocd_settings.h"
#include "manifests_apply.h"
#include "manifests_inventory.h"
#include "manifests_plan.h"
#include "manifests_read.h"
#include "manifests_source.h"
#include "object_arguments.h"
#include "object_builder.h"
#include "timeouts.h"

#define DEFINITION "apiextensions.k8s.io/CustomResourceDefinition//applications.argoproj.io"

static Str argocd_install_namespace_of(Value object) {
    return object_text(object, "namespace", STR("argocd"));
}

static bool argocd_install_read_objects(const Call *call, Value config, Path argument,
                                        ManifestObjects *out, Diags *diags) {
    return argocd_release_read(call, config, argument, out, diags) &&
           argocd_settings_apply(call, config, out, diags);
}

static bool argocd_install_validate(const Call *call, const ValidateRequest *request,
                                    Diags *diags) {
    Value password = object_attribute(request->config, "admin_password_wo");
    Str problem = value_is_present(password)
                      ? argocd_admin_problem(value_text(password), call->arena)
                      : STR_EMPTY;
    if (problem.len)
        return path_error(call, PATH_AT(call, {"admin_password_wo"}), diags, "Invalid password",
                          "%.*s", STR_ARG(problem));
    return argocd_release_check(call, request->config, diags) &&
           (argocd_release_is_remote(request->config) ||
            manifests_source_check(call, request->config, diags));
}

static bool after_wave(const Call *call, const ApplyRequest *request, ObjectWave wave,
                       Diags *diags) {
    Value password = object_attribute(request->config, "admin_password_wo");
    bool is_due = value_is_null(request->prior) ||
                  object_differs(request->planned, request->prior, "admin_password_revision");
    return wave != OBJECT_WAVE_DATA || !value_is_present(password) ||
           argocd_admin_set(call, argocd_install_namespace_of(request->planned),
                            value_text(password), is_due, diags);
}

/* After a failure the password may not be set, so the next apply must set it. */
static bool argocd_install_apply(const Call *call, const ApplyRequest *request,
                                 ApplyResponse *response, Diags *diags) {
    Value revision = value_null(&TYPE_NUMBER);
    if (manifests_apply(call, request, response, diags))
        return true;
    if (!value_is_present(response->state))
        return false;
    if (value_is_present(request->prior))
        revision = object_attribute(request->prior, "admin_password_revision");
    ObjectBuilder builder = object_builder_of(response->state, call->arena);
    object_builder_set(&builder, "admin_password_revision", revision);
    response->state = object_builder_value(&builder);
    return false;
}

static bool has_definitions(Value state, Arena *arena) {
    ManifestsInventory inventory = manifests_inventory_of(state, arena);
    return !value_is_null(manifests_inventory_find(&inventory, STR(DEFINITION)));
}

static bool argocd_install_delete(const Call *call, const DeleteRequest *request,
                                  DeleteResponse *response, Diags *diags) {
    bool should_force = object_bool(request->prior, "force_destroy", false);
    if (has_definitions(request->prior, call->arena) &&
        !argocd_removal_prepare(call, should_force, diags))
        return false;
    return manifests_delete(call, request, response, diags) &&
           argocd_removal_finish(call, argocd_install_namespace_of(request->prior), diags);
}

/* clang-format off */
static const Attribute attributes[] = {
    {"manifests", &TYPE_STRING, REQUIRED,
     "Manifests of a release of Argo CD: the directory \"manifests\" of its sources, a file such as install.yaml, or an https URL of one."},
    {"manifests_sha256", &TYPE_STRING, OPTIONAL,
     "SHA-256 digest of the file, in hexadecimal; required with a URL. For several files: the digest of the lines that sha256sum prints for them in the directory, sorted by name."},
    {"variant", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Parts to install: all (standard); no server and no users (core); several replicas (ha, needs three nodes); or all without rights in other namespaces of the cluster (namespaced).", .default_json = "\"standard\"", .one_of = ARGOCD_VARIANTS},
    {"namespace", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "Namespace of Argo CD.", .default_json = "\"argocd\""},
    {"create_namespace", &TYPE_BOOL, OPTIONAL,
     "Whether the namespace is one of the objects (default true)."},
    {"definitions", &TYPE_BOOL, OPTIONAL,
     "Whether the definitions of Argo CD's kinds are among the objects (default true). Set false if another installation of the cluster has them."},
    {"image", &TYPE_STRING, OPTIONAL,
     "Image of Argo CD that replaces that of the manifests, such as registry.example.com/argocd:v3.5.1."},
    {"redis_image", &TYPE_STRING, OPTIONAL,
     "Image of Redis that replaces that of the manifests."},
    {"dex_image", &TYPE_STRING, OPTIONAL,
     "Image of Dex that replaces that of the manifests."},
    {"haproxy_image", &TYPE_STRING, OPTIONAL,
     "Image of HAProxy that replaces that of the manifests, in the variant ha."},
    {"image_pull_policy", &TYPE_STRING, OPTIONAL,
     "When nodes pull the images; the default is that of the manifests.", .one_of = "Always IfNotPresent Never"},
    {"image_pull_secret", &TYPE_STRING, OPTIONAL,
     "Name of a Secret in the namespace with the credentials of the registry."},
    {"config", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Keys of the ConfigMap argocd-cm, beside those of the manifests. Keys of others stay."},
    {"rbac", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Keys of the ConfigMap argocd-rbac-cm, such as policy.csv."},
    {"params", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Keys of the ConfigMap argocd-cmd-params-cm. A change restarts the pods of Argo CD."},
    {"known_hosts", &TYPE_STRING, OPTIONAL,
     "Host keys of git servers, beside those of the manifests: lines as in a file known_hosts."},
    {"release_known_hosts", &TYPE_BOOL, OPTIONAL,
     "Whether the host keys of the manifests are installed (default true). With false and without known_hosts, argocd_repository_certificate owns the host keys."},
    {"tls_certificates", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Certificates in PEM of the authorities of git servers, by the name of the server."},
    {"admin_password_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY,
     "Password of the user admin. The cluster gets its bcrypt hash; neither plan nor state contains it."},
    {"admin_password_revision", &TYPE_NUMBER, OPTIONAL,
     "Revision of the password: a change sets it again. Otherwise a password that users have changed stays."},
    {"force_destroy", &TYPE_BOOL, OPTIONAL,
     "Whether a deletion gives up applications that still exist (default false). The objects that they have applied stay."},
    {"objects", &TYPE_DYNAMIC, COMPUTED | CHANGES_ON_UPDATE | HAS_PARTS,
     "The objects as the server returned them, by \"GROUP/KIND/NAMESPACE/NAME\". Secrets are without their values."},
    {"prune_all", &TYPE_BOOL, OPTIONAL,
     "Whether Namespaces and CustomResourceDefinitions that are no longer in the manifests are deleted too (default false)."},
    OBJECT_ATTRIBUTES,
};
/* clang-format on */
static const Block blocks[] = {OBJECT_FIELD_MANAGER_BLOCK, TIMEOUTS_BLOCK};
static const ArgumentRule rules[] = {
    {RULE_REQUIRED_WITH, {"admin_password_wo", "admin_password_revision"}},
    {RULE_REQUIRED_WITH, {"admin_password_revision", "admin_password_wo"}},
};

static const char *const sources[] = {"manifests", NULL};
static const ManifestsType release = {
    .sources = sources,
    .settings = argocd_settings_arguments,
    .read = argocd_install_read_objects,
    .after_wave = after_wave,
    .hides_secrets = true,
};

const ResourceType argocd_install = {
    .name = "argocd_install",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), SCHEMA_RULES(rules),
               .sensitive_paths = manifests_read_sensitive,
               .description = "Argo CD from the manifests of a release: its objects, its "
                              "configuration and the password of its admin."},
    .payload = &release,
    .recovery = RECOVERY_FINDS,
    .plans_destroy = true,
    .has_parts = true,
    .validate = argocd_install_validate,
    .plan = manifests_plan,
    .create = argocd_install_apply,
    .update = argocd_install_apply,
    .delete = argocd_install_delete,
    .read = manifests_read,
    .recover = manifests_recover,
};
