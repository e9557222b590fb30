/* argocd_install: Argo CD from the manifests of a release. Its objects are planned and changed like
 * those of kubernetes_manifests; the password of the admin is set when its Secret exists, before
 * the first server starts. */
#include "argocd_provider.h"

#include "argocd_settings.h"
#include "base64.h"
#include "bcrypt.h"
#include "cluster.h"
#include "digest.h"
#include "http_send.h"
#include "kube_error.h"
#include "kube_object.h"
#include "manifest_text.h"
#include "manifests_apply.h"
#include "manifests_inventory.h"
#include "manifests_plan.h"
#include "manifests_read.h"
#include "manifests_source.h"
#include "object_arguments.h"
#include "object_builder.h"
#include "path_error.h"
#include "timeouts.h"
#include "url.h"

/* The password of the user admin, as a bcrypt hash in the Secret argocd-secret: two of its keys
 * have a field manager of their own, so that an apply of the manifest leaves them. */

#define INSTALL_SECRET   "argocd-secret"
#define PASSWORD_MANAGER "loam-admin-password"
#define NOT_SET          "Password of Argo CD not set"
#define HASH             "admin.password"
#define HASHED_AT        "admin.passwordMtime"

/* The manifests of a release of Argo CD, before the settings of an installation. */

/* Variants of a release, for Attribute.one_of. */
#define ARGOCD_VARIANTS "standard core ha namespaced"

#define FILES_MAX    4
#define HTTPS        "https://"
#define BODY_MAX     ((uint64_t)64 << 20)
#define RETRIES      2
#define DIGEST_CHARS ((size_t)64)

typedef struct ReleaseVariant {
    const char *name;
    const char *files[FILES_MAX]; /* sorted */
} ReleaseVariant;

static const ReleaseVariant variants[] = {
    {"standard", {"install.yaml"}},
    {"core", {"core-install.yaml"}},
    {"ha", {"ha/install.yaml"}},
    {"namespaced",
     {"crds/application-crd.yaml", "crds/applicationset-crd.yaml", "crds/appproject-crd.yaml",
      "namespace-install.yaml"}},
};

typedef struct ReleaseFile {
    Str name; /* in the release */
    Str path;
    Str text;
} ReleaseFile;

typedef struct ReleaseReading {
    const Call *call;
    Path argument;
    Str source;
    Str variant;
    Str digest; /* expected; empty: any */
    ReleaseFile files[FILES_MAX];
    size_t count;
    Diags *diags;
} ReleaseReading;

static bool release_is_url(Str source) {
    return str_find(source, STR("://"), 0) != SIZE_MAX;
}

/* Returns whether the manifests are behind a URL, so that only plan and apply read them. */
static bool argocd_release_is_remote(Value config) {
    return release_is_url(object_text(config, "manifests", STR_EMPTY));
}

static bool release_is_digest(Str text) {
    if (text.len != DIGEST_CHARS)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool is_hex = (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
                      (text.ptr[i] >= 'a' && text.ptr[i] <= 'f');
        if (!is_hex)
            return false;
    }
    return true;
}

/* Checks `manifests` and `manifests_sha256` without reading them. */
static bool argocd_release_check(const Call *call, Value config, Diags *diags) {
    Str source = object_text(config, "manifests", STR_EMPTY);
    Value digest = object_attribute(config, "manifests_sha256");
    if (value_is_present(digest) && !release_is_digest(value_text(digest)))
        return path_error(call, PATH_AT(call, {"manifests_sha256"}), diags, "Invalid digest",
                          "A SHA-256 digest has 64 hexadecimal digits in small letters, as "
                          "sha256sum prints them.");
    if (!release_is_url(source))
        return true;
    if (!str_starts_with(source, STR(HTTPS)))
        return path_error(call, PATH_AT(call, {"manifests"}), diags, "Invalid source of manifests",
                          "\"%.*s\" is not an https URL. Give an https URL, or the path of a file "
                          "or of the directory of a release.",
                          STR_ARG(url_redact(source, call->arena)));
    return !value_is_null(digest) ||
           path_error(call, PATH_AT(call, {"manifests"}), diags, "Digest is missing",
                      "The manifests behind a URL may change. Set \"manifests_sha256\" to the "
                      "digest of the file.");
}

/* Bytes. */

static bool release_fail(const ReleaseReading *reading, Str place, const char *why) {
    return path_error(reading->call, reading->argument, reading->diags,
                      "Manifests of Argo CD not read",
                      "\"%.*s\": %s. Give the path of a manifest file, the directory \"manifests\" "
                      "of a release, or an https URL.",
                      STR_ARG(place), why);
}

static bool argocd_release_download(ReleaseReading *reading) {
    const Call *call = reading->call;
    HttpRequest http = {
        .url = reading->source,
        .body_limit = BODY_MAX,
        .retries = RETRIES,
        .cancel = call->cancel,
    };
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    Str shown = url_redact(reading->source, call->arena);
    call_progress(call, 0, 0, "downloading the manifests of Argo CD");
    if (http_send(call->io, &http, &response, &problem, call->arena) != HTTP_DONE)
        return release_fail(reading, shown,
                            str_to_cstr(url_scrub(problem, http.url, call->arena), call->arena));
    if (response.code != 200)
        return release_fail(
            reading, shown,
            str_to_cstr(str_format(call->arena, "HTTP status %d", response.code), call->arena));
    reading->files[reading->count++] = (ReleaseFile){.path = shown, .text = response.body};
    return true;
}

static bool release_read_file(ReleaseReading *reading, Str name, Str path) {
    const Disk *disk = reading->call->io->disk;
    ReleaseFile *file = &reading->files[reading->count++];
    *file = (ReleaseFile){.name = name, .path = path};
    int error = disk->read_file(disk->self, path, &file->text, reading->call->arena);
    return error == 0 || release_fail(reading, path, strerror(-error));
}

static const ReleaseVariant *find_variant(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(variants); i++) {
        if (str_equal_cstr(name, variants[i].name))
            return &variants[i];
    }
    return &variants[0];
}

static bool release_read_directory(ReleaseReading *reading) {
    const ReleaseVariant *variant = find_variant(reading->variant);
    for (size_t i = 0; i < FILES_MAX && variant->files[i]; i++) {
        Str name = str_from_cstr(variant->files[i]);
        if (!release_read_file(reading, name,
                               disk_join(reading->source, name, reading->call->arena)))
            return false;
    }
    return true;
}

static bool release_read_bytes(ReleaseReading *reading) {
    const Disk *disk = reading->call->io->disk;
    DiskStat found;
    if (release_is_url(reading->source))
        return argocd_release_download(reading);
    int error = disk->stat(disk->self, reading->source, &found);
    if (error)
        return release_fail(reading, reading->source, strerror(-error));
    return found.kind == DISK_DIRECTORY ? release_read_directory(reading)
                                        : release_read_file(reading, STR_EMPTY, reading->source);
}

/* Several files have the digest of the lines that sha256sum prints for them. */
static Str release_digest_of(const ReleaseReading *reading) {
    Arena *arena = reading->call->arena;
    StrBuf lines = strbuf_new(arena);
    if (reading->count == 1)
        return digest_hex(DIGEST_SHA256, reading->files[0].text, arena);
    for (size_t i = 0; i < reading->count; i++) {
        Str digest = digest_hex(DIGEST_SHA256, reading->files[i].text, arena);
        strbuf_add_format(&lines, "%.*s  %.*s\n", STR_ARG(digest), STR_ARG(reading->files[i].name));
    }
    return digest_hex(DIGEST_SHA256, strbuf_str(&lines), arena);
}

static bool release_check_digest(const ReleaseReading *reading) {
    Str digest = release_digest_of(reading);
    return !reading->digest.len || str_equal(reading->digest, digest) ||
           path_error(
               reading->call, reading->argument, reading->diags, "Manifests of Argo CD changed",
               "The SHA-256 digest of \"%.*s\" is %.*s, not %.*s. Compare the manifests with "
               "the release, then correct \"manifests_sha256\".",
               STR_ARG(url_redact(reading->source, reading->call->arena)), STR_ARG(digest),
               STR_ARG(reading->digest));
}

/* Variants. */

static bool has_object(const ManifestObjects *objects, const char *kind, const char *part) {
    vec_each(objects, object) {
        if (str_equal_cstr(object->kind, kind) &&
            str_find(object->name, str_from_cstr(part), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static const char *variant_of(const ManifestObjects *objects) {
    if (!has_object(objects, "ClusterRole", ""))
        return "namespaced";
    if (!has_object(objects, "Deployment", "argocd-server"))
        return "core";
    return has_object(objects, "StatefulSet", "redis-ha") ? "ha" : "standard";
}

static bool release_check_objects(const ReleaseReading *reading, const ManifestObjects *objects) {
    const Call *call = reading->call;
    if (!has_object(objects, "StatefulSet", "argocd-application-controller") &&
        !has_object(objects, "Deployment", "argocd-application-controller"))
        return path_error(call, reading->argument, reading->diags,
                          "Manifests of Argo CD not usable",
                          "The manifests have no workload \"argocd-application-controller\". Use "
                          "the manifests of a release of Argo CD.");
    const char *found = variant_of(objects);
    return str_equal_cstr(reading->variant, found) ||
           path_error(call, reading->argument, reading->diags, "Manifests of another variant",
                      "The manifests are of the variant \"%s\", but \"variant\" is \"%.*s\". "
                      "Correct one of them.",
                      found, STR_ARG(reading->variant));
}

/* Reads the objects of the variant from a file, the directory of a release or an https URL, after a
 * comparison with the digest. Fails if they are those of another variant. */
static bool argocd_release_read(const Call *call, Value config, Path argument, ManifestObjects *out,
                                Diags *diags) {
    ReleaseReading reading = {
        .call = call,
        .argument = argument,
        .source = object_text(config, "manifests", STR_EMPTY),
        .variant = object_text(config, "variant", STR("standard")),
        .digest = object_text(config, "manifests_sha256", STR_EMPTY),
        .diags = diags,
    };
    if (!release_read_bytes(&reading) || !release_check_digest(&reading))
        return false;
    for (size_t i = 0; i < reading.count; i++) {
        if (!manifest_text_read(call, argument, reading.files[i].path, reading.files[i].text, out,
                                diags))
            return false;
    }
    return release_check_objects(&reading, out);
}

static const KubeResource install_secrets = KUBE_CORE_RESOURCE("Secret", "secrets");

/* Returns why the password cannot be set, as a sentence; empty if it can. */
static Str admin_problem(Str password, Arena *arena) {
    if (password.len == 0)
        return STR("The password is empty.");
    if (password.len > BCRYPT_TEXT_MAX)
        return str_format(arena, "The password has %zu bytes; bcrypt uses only the first %zu.",
                          password.len, BCRYPT_TEXT_MAX);
    return str_find_char(password, '\0', 0) == SIZE_MAX ? STR_EMPTY
                                                        : STR("The password has a NUL character.");
}

static Value admin_encode(Str text, Arena *arena) {
    return value_from_str(base64_encode(text, arena));
}

static Str admin_body_of(const KubeRef *ref, Str hash, Str time, Arena *arena) {
    Value body = kube_object_new(STR("v1"), STR("Secret"), ref->namespace, ref->name, arena);
    body = kube_object_with(body, "data", HASH, admin_encode(hash, arena), arena);
    body = kube_object_with(body, "data", HASHED_AT, admin_encode(time, arena), arena);
    return json_text(body, arena);
}

/* Sets the password if `is_due`, or if the Secret has none. The Secret must exist. */
static bool admin_set(const Call *call, Str namespace, Str password, bool is_due, Diags *diags) {
    KubeCall kube = cluster_call(call);
    KubeRef ref = {
        .resource = &install_secrets, .namespace = namespace, .name = STR(INSTALL_SECRET)};
    const Clock *clock = call->io->clock;
    KubeResponse response;
    Value live;
    Str hash;
    if (kube_call_get(&kube, &ref, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &live, call->arena))
        return kube_error_report(&kube, NOT_SET, &ref, &response, diags);
    if (!is_due && kube_object_text(live, "data", HASH).len)
        return true;
    if (!bcrypt_hash(password, BCRYPT_COST_USUAL, &hash, call->arena))
        return path_error(call, PATH_AT(call, {"admin_password_wo"}), diags, NOT_SET,
                          "The password cannot be hashed with bcrypt.");
    Str time = clock_format_rfc3339(clock->now_ms(clock->self), call->arena);
    KubeApply apply = {
        .ref = ref,
        .body = admin_body_of(&ref, hash, time, call->arena),
        .manager = STR(PASSWORD_MANAGER),
        .should_force = true,
    };
    return kube_call_apply(&kube, &apply, &response, diags) == KUBE_DONE ||
           kube_error_report(&kube, NOT_SET, &ref, &response, diags);
}

/* Deletion: objects that the manifests do not have. Applications before the deletion, Secrets after
 * it. */

#define NOT_DELETED "Argo CD not deleted"

static const char *const kinds_of_applications[] = {"Application", "ApplicationSet", "AppProject"};

typedef struct Removal {
    const Call *call;
    KubeCall kube;
    Diags *diags;
} Removal;

/* Projects are deleted with their definition: Argo CD makes one of its own. */
static bool removal_report_left(const Removal *removal, const char *kind, const KubeList *list) {
    Value first = list->items.items[0];
    return path_error(removal->call, NO_PATH, removal->diags, NOT_DELETED,
                      "%zu objects of the kind %s exist, such as \"%.*s\" in namespace \"%.*s\". "
                      "Without Argo CD their deletion would not end, or would leave the objects "
                      "that they have applied. Delete them first. To give them up and keep those "
                      "objects, apply force_destroy = true before the destroy.",
                      list->items.count, kind, STR_ARG(kube_object_text(first, "metadata", "name")),
                      STR_ARG(kube_object_text(first, "metadata", "namespace")));
}

static bool remove_finalizers(const Removal *removal, const KubeResource *resource, Value object) {
    KubeResponse response;
    Value found;
    KubePatch patch = {
        .ref = {.resource = resource,
                .namespace = kube_object_text(object, "metadata", "namespace"),
                .name = kube_object_text(object, "metadata", "name")},
        .type = KUBE_PATCH_MERGE,
        .body = STR("{\"metadata\":{\"finalizers\":null}}"),
        .manager = STR("loam"),
        .is_repeatable = true,
    };
    if (!kube_object_find(object, "metadata", "finalizers", &found))
        return true;
    KubeOutcome outcome = kube_call_patch(&removal->kube, &patch, &response, removal->diags);
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT ||
           kube_error_report(&removal->kube, NOT_DELETED, &patch.ref, &response, removal->diags);
}

static bool prepare_kind(const Removal *removal, const char *kind, bool should_force) {
    KubeResource resource;
    KubeResponse response;
    KubeList list = {0};
    KubeOutcome outcome = kube_discovery_find(
        cluster_discovery(removal->call->client), &removal->kube,
        (KubeKind){STR(ARGOCD_VERSION), str_from_cstr(kind)}, &resource, &response, removal->diags);
    KubeListRequest wanted = {.ref = {.resource = &resource}, .only_metadata = true};
    if (outcome == KUBE_DONE)
        outcome = kube_list_read(&removal->kube, &wanted, &list, &response, removal->diags);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome != KUBE_DONE)
        return kube_error_report(&removal->kube, NOT_DELETED, NULL, &response, removal->diags);
    bool is_project = str_equal_cstr(resource.kind, "AppProject");
    if (list.items.count && !should_force && !is_project)
        return removal_report_left(removal, kind, &list);
    vec_each(&list.items, object) {
        if (!remove_finalizers(removal, &resource, *object))
            return false;
    }
    return true;
}

/* Checks that no application is left in the cluster: with their definitions they would be deleted,
 * and those with a finalizer would stay forever. With `should_force` the finalizers are removed
 * instead. */
static bool removal_prepare(const Call *call, bool should_force, Diags *diags) {
    Removal removal = {.call = call, .kube = cluster_call(call), .diags = diags};
    for (size_t i = 0; i < ARRAY_COUNT(kinds_of_applications); i++) {
        if (!prepare_kind(&removal, kinds_of_applications[i], should_force))
            return false;
    }
    return true;
}

/* Deletes the Secrets that Argo CD has made in its namespace. */
static bool removal_finish(const Call *call, Str namespace, Diags *diags) {
    static const char *const names[] = {"argocd-initial-admin-secret", "argocd-redis"};
    KubeCall kube = cluster_call(call);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        KubeResponse response;
        KubeDelete request = {
            .ref = {.resource = &install_secrets,
                    .namespace = namespace,
                    .name = str_from_cstr(names[i])},
            .propagation = KUBE_PROPAGATION_BACKGROUND,
        };
        KubeOutcome outcome = kube_call_delete(&kube, &request, &response, diags);
        if (outcome == KUBE_DONE || outcome == KUBE_ABSENT)
            continue;
        return kube_error_report(&kube, NOT_DELETED, &request.ref, &response, diags);
    }
    return true;
}

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
    Str problem =
        value_is_present(password) ? admin_problem(value_text(password), call->arena) : STR_EMPTY;
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
           admin_set(call, argocd_install_namespace_of(request->planned), value_text(password),
                     is_due, diags);
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
    response->state =
        object_with(response->state, "admin_password_revision", revision, call->arena);
    return false;
}

static bool has_definitions(Value state, Arena *arena) {
    ManifestsInventory inventory = manifests_inventory_of(state, arena);
    return !value_is_null(manifests_inventory_find(&inventory, STR(DEFINITION)));
}

static bool argocd_install_delete(const Call *call, const DeleteRequest *request,
                                  DeleteResponse *response, Diags *diags) {
    bool should_force = object_bool(request->prior, "force_destroy", false);
    if (has_definitions(request->prior, call->arena) && !removal_prepare(call, should_force, diags))
        return false;
    return manifests_delete(call, request, response, diags) &&
           removal_finish(call, argocd_install_namespace_of(request->prior), diags);
}

/* clang-format off */
static const Attribute install_attributes[] = {
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
static const Block install_blocks[] = {OBJECT_FIELD_MANAGER_BLOCK, TIMEOUTS_BLOCK};
static const ArgumentRule install_rules[] = {
    {RULE_REQUIRED_WITH, {"admin_password_wo", "admin_password_revision"}},
    {RULE_REQUIRED_WITH, {"admin_password_revision", "admin_password_wo"}},
};

static const char *const install_sources[] = {"manifests", NULL};
static const ManifestsType release = {
    .sources = install_sources,
    .settings = argocd_settings_arguments,
    .read = argocd_install_read_objects,
    .after_wave = after_wave,
    .hides_secrets = true,
};

const ResourceType argocd_install = {
    .name = "argocd_install",
    .schema = {SCHEMA_ATTRIBUTES(install_attributes), SCHEMA_BLOCKS(install_blocks),
               SCHEMA_RULES(install_rules), .sensitive_paths = manifests_read_sensitive,
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
