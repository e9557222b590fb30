#include "argocd_settings.h"

#include "argocd_known_hosts.h"
#include "digest.h"
#include "json.h"
#include "kube_object.h"
#include "object_builder.h"

#define POD           "spec.template.spec"
#define CONTROLLER    "argocd" /* last part of the name of Argo CD's image */
#define NAMESPACE     "argocd" /* that the manifests name in bindings */
#define PARAMS        "argocd-cmd-params-cm"
#define PARAMS_DIGEST "checksum/" PARAMS

const char *const argocd_settings_arguments[] = {
    "manifests_sha256",
    "variant",
    "namespace",
    "create_namespace",
    "definitions",
    "image",
    "redis_image",
    "dex_image",
    "haproxy_image",
    "image_pull_policy",
    "image_pull_secret",
    "config",
    "rbac",
    "params",
    "known_hosts",
    "release_known_hosts",
    "tls_certificates",
    NULL,
};

typedef struct ImageArgument {
    const char *argument;
    const char *name; /* last part of the name of the image that it replaces */
} ImageArgument;

static const ImageArgument images[] = {
    {"image", CONTROLLER},
    {"redis_image", "redis"},
    {"dex_image", "dex"},
    {"haproxy_image", "haproxy"},
};

typedef struct ConfigArgument {
    const char *argument;
    const char *name; /* of the ConfigMap */
} ConfigArgument;

static const ConfigArgument configs[] = {
    {"config", "argocd-cm"},
    {"rbac", "argocd-rbac-cm"},
    {"params", PARAMS},
    {"tls_certificates", "argocd-tls-certs-cm"},
};

typedef struct Settings {
    const Call *call;
    Value config;
    Str namespace;
    ManifestObjects *objects;
    bool has_image[ARRAY_COUNT(images)]; /* found in the objects */
    Diags *diags;
} Settings;

static bool settings_is_kind(const ManifestObject *object, const char *kind) {
    return str_equal_cstr(object->kind, kind);
}

static bool is_workload(const ManifestObject *object) {
    return settings_is_kind(object, "Deployment") || settings_is_kind(object, "StatefulSet");
}

/* Containers. */

/* "quay.io/argoproj/argocd:v3.5.1@sha256:…" → "argocd" */
static Str image_name(Str image) {
    image = str_slice(image, 0, str_find_char(image, '@', 0));
    size_t slash = str_rfind_char(image, '/');
    image = slash == SIZE_MAX ? image : str_after(image, slash + 1);
    return str_slice(image, 0, str_find_char(image, ':', 0));
}

static Value settings_with_image(Settings *settings, Value container) {
    Arena *arena = settings->call->arena;
    Str name = image_name(kube_object_text(container, "", "image"));
    Str policy = object_text(settings->config, "image_pull_policy", STR_EMPTY);
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        Str image = object_text(settings->config, images[i].argument, STR_EMPTY);
        if (!str_equal_cstr(name, images[i].name))
            continue;
        settings->has_image[i] = true;
        if (image.len)
            container = kube_object_with(container, "", "image", value_string(image, arena), arena);
    }
    return policy.len ? kube_object_with(container, "", "imagePullPolicy",
                                         value_string(policy, arena), arena)
                      : container;
}

static Value settings_with_containers(Settings *settings, Value object, const char *member) {
    Arena *arena = settings->call->arena;
    Value containers = kube_object_list(object, POD, member);
    if (!containers.count)
        return object;
    Value *items = value_copy_items(containers, arena);
    for (size_t i = 0; i < containers.count; i++)
        items[i] = settings_with_image(settings, items[i]);
    return kube_object_with(object, POD, member, value_tuple(items, containers.count, arena),
                            arena);
}

/* Returns whether a container, other than those of the start, runs Argo CD. */
static bool runs_controller(Value object) {
    Value containers = kube_object_list(object, POD, "containers");
    for (size_t i = 0; i < containers.count; i++) {
        Str image = kube_object_text(value_at(containers, i), "", "image");
        if (str_equal_cstr(image_name(image), CONTROLLER))
            return true;
    }
    return false;
}

/* Controllers read these parameters at their start: a change must restart them. */
static Value with_params_digest(const Settings *settings, Value object) {
    Arena *arena = settings->call->arena;
    Value params = object_attribute(settings->config, "params");
    if (!value_is_present(params) || params.count == 0 || !runs_controller(object))
        return object;
    Str digest = digest_hex(DIGEST_SHA256, json_text(params, arena), arena);
    return kube_object_with(object, "spec.template.metadata.annotations", PARAMS_DIGEST,
                            value_string(digest, arena), arena);
}

static Value with_pull_secret(const Settings *settings, Value object) {
    Arena *arena = settings->call->arena;
    Str name = object_text(settings->config, "image_pull_secret", STR_EMPTY);
    if (!name.len)
        return object;
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, STR("name"), value_string(name, arena));
    Value *secret = arena_new(arena, Value);
    *secret = object_builder_value(&builder);
    return kube_object_with(object, POD, "imagePullSecrets", value_tuple(secret, 1, arena), arena);
}

static Value settings_with_pod(Settings *settings, Value object) {
    object = with_params_digest(settings, object);
    object = settings_with_containers(settings, object, "containers");
    object = settings_with_containers(settings, object, "initContainers");
    return with_pull_secret(settings, object);
}

static bool settings_check_images(const Settings *settings) {
    bool is_good = true;
    for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
        const char *argument = images[i].argument;
        if (object_has(settings->config, argument) && !settings->has_image[i])
            is_good = path_error(settings->call, PATH_AT(settings->call, {argument}),
                                 settings->diags, "Image not in the manifests",
                                 "No container of the manifests has an image of the name \"%s\". "
                                 "Remove this argument.",
                                 images[i].name);
    }
    return is_good;
}

/* ConfigMaps. */

static Value with_data(const Settings *settings, Value object, Value data) {
    Arena *arena = settings->call->arena;
    for (size_t i = 0; i < data.count; i++) {
        const char *key = str_to_cstr(value_key_at(data, i), arena);
        if (value_is_present(value_at(data, i)))
            object = kube_object_with(object, "data", key, value_at(data, i), arena);
    }
    return object;
}

/* Returns the ConfigMap; NULL, with an error, if there is none. */
static ManifestObject *find_config(const Settings *settings, const ConfigArgument *row) {
    vec_each(settings->objects, object) {
        if (settings_is_kind(object, "ConfigMap") && str_equal_cstr(object->name, row->name))
            return object;
    }
    (void)path_error(settings->call, PATH_AT(settings->call, {row->argument}), settings->diags,
                     "ConfigMap not in the manifests",
                     "The manifests have no ConfigMap \"%s\". Remove this argument.", row->name);
    return NULL;
}

static bool set_config(const Settings *settings, const ConfigArgument *row) {
    Value data = object_attribute(settings->config, row->argument);
    if (!value_is_present(data) || data.count == 0)
        return true;
    ManifestObject *object = find_config(settings, row);
    if (object)
        object->object = with_data(settings, object->object, data);
    return object != NULL;
}

/* All host keys are one text. Without any, others may own it. */
static bool add_known_hosts(const Settings *settings) {
    static const ConfigArgument row = {"known_hosts", "argocd-ssh-known-hosts-cm"};
    Arena *arena = settings->call->arena;
    Str lines = object_text(settings->config, row.argument, STR_EMPTY);
    bool keeps_released = object_bool(settings->config, "release_known_hosts", true);
    if (!lines.len && keeps_released)
        return true;
    ManifestObject *object = find_config(settings, &row);
    if (!object)
        return false;
    Str released =
        keeps_released ? kube_object_text(object->object, "data", ARGOCD_KNOWN_HOSTS) : STR_EMPTY;
    const char *end = !released.len || str_ends_with(released, STR("\n")) ? "" : "\n";
    Str text = str_format(arena, "%.*s%s%.*s", STR_ARG(released), end, STR_ARG(lines));
    object->object =
        text.len ? kube_object_with(object->object, "data", ARGOCD_KNOWN_HOSTS,
                                    value_string(text, arena), arena)
                 : kube_object_with(object->object, "", "data", value_null(&TYPE_DYNAMIC), arena);
    return true;
}

/* Namespace. */

/* A binding in a namespace has its subjects there if they name none. */
static Value settings_with_subjects(const Settings *settings, Value object) {
    Arena *arena = settings->call->arena;
    Value subjects = value_tuple_at(object, STR("subjects"));
    if (!value_is_present(subjects) || subjects.count == 0)
        return object;
    Value *items = value_copy_items(subjects, arena);
    for (size_t i = 0; i < subjects.count; i++) {
        if (str_equal_cstr(kube_object_text(items[i], "", "namespace"), NAMESPACE))
            items[i] = kube_object_with(items[i], "", "namespace",
                                        value_string(settings->namespace, arena), arena);
    }
    return kube_object_with(object, "", "subjects", value_tuple(items, subjects.count, arena),
                            arena);
}

static bool add_namespace(const Settings *settings) {
    Str text = str_format(settings->call->arena,
                          "{apiVersion: v1, kind: Namespace, metadata: {name: \"%.*s\"}}\n",
                          STR_ARG(settings->namespace));
    return !object_bool(settings->config, "create_namespace", true) ||
           manifest_text_read(settings->call, PATH_AT(settings->call, {"namespace"}),
                              STR("(namespace)"), text, settings->objects, settings->diags);
}

/* Secrets of a release are empty; Argo CD fills them. */
static bool settings_check_secret(const Settings *settings, const ManifestObject *object) {
    Value found;
    if (!value_find_present(object->object, STR("data"), &found) &&
        !value_find_present(object->object, STR("stringData"), &found))
        return true;
    return path_error(settings->call, PATH_AT(settings->call, {"manifests"}), settings->diags,
                      "Secret in the manifests",
                      "The Secret \"%.*s\" has values, which would be in plan and state. Remove "
                      "them, and make the values with kubernetes_secret.",
                      STR_ARG(object->name));
}

static void remove_definitions(const Settings *settings) {
    size_t count = 0;
    if (object_bool(settings->config, "definitions", true))
        return;
    vec_each(settings->objects, object) {
        if (!settings_is_kind(object, "CustomResourceDefinition"))
            settings->objects->items[count++] = *object;
    }
    settings->objects->count = count;
}

static bool change_objects(Settings *settings) {
    vec_each(settings->objects, object) {
        if (is_workload(object))
            object->object = settings_with_pod(settings, object->object);
        if (settings_is_kind(object, "ClusterRoleBinding") ||
            settings_is_kind(object, "RoleBinding"))
            object->object = settings_with_subjects(settings, object->object);
        if (settings_is_kind(object, "Secret") && !settings_check_secret(settings, object))
            return false;
    }
    return settings_check_images(settings);
}

bool argocd_settings_apply(const Call *call, Value config, ManifestObjects *objects, Diags *diags) {
    Settings settings = {
        .call = call,
        .config = config,
        .namespace = object_text(config, "namespace", STR(NAMESPACE)),
        .objects = objects,
        .diags = diags,
    };
    if (!change_objects(&settings))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(configs); i++) {
        if (!set_config(&settings, &configs[i]))
            return false;
    }
    remove_definitions(&settings);
    return add_known_hosts(&settings) && add_namespace(&settings);
}
