#include "flux_components.h"

#include "digest.h"
#include "kube_object.h"
#include "manifest_files.h"
#include "object_builder.h"
#include "object_key.h"
#include "yaml_write.h"

/* Which versions of the components a release of Flux has. */

static const struct {
    const char *release;
    const char *component;
    const char *version;
} version_rows[] = {
    {"v2.8.8", "helm-controller", "v1.5.5"},
    {"v2.8.8", "image-automation-controller", "v1.1.4"},
    {"v2.8.8", "image-reflector-controller", "v1.1.2"},
    {"v2.8.8", "kustomize-controller", "v1.8.5"},
    {"v2.8.8", "notification-controller", "v1.8.4"},
    {"v2.8.8", "source-controller", "v1.8.5"},
    {"v2.8.8", "source-watcher", "v2.1.1"},
    {"v2.9.4", "helm-controller", "v1.6.3"},
    {"v2.9.4", "image-automation-controller", "v1.2.4"},
    {"v2.9.4", "image-reflector-controller", "v1.2.4"},
    {"v2.9.4", "kustomize-controller", "v1.9.4"},
    {"v2.9.4", "notification-controller", "v1.9.3"},
    {"v2.9.4", "source-controller", "v1.9.4"},
    {"v2.9.4", "source-watcher", "v2.2.3"},
};

Str flux_components_version(Str release, Str component) {
    for (size_t i = 0; i < ARRAY_COUNT(version_rows); i++) {
        if (str_equal_cstr(release, version_rows[i].release) &&
            str_equal_cstr(component, version_rows[i].component))
            return str_from_cstr(version_rows[i].version);
    }
    return STR_EMPTY;
}

#define COMPONENT_LABEL "app.kubernetes.io/component"
#define VERSION_LABEL   "app.kubernetes.io/version"
#define INSTANCE_LABEL  "app.kubernetes.io/instance"

/* Reading. */

static bool digest_of_directory(const Call *call, Str path, Str *out, int *error) {
    const Disk *disk = call->io->disk;
    DiskEntries entries = {0};
    StrBuf lines = strbuf_new(call->arena);
    *error = disk->list(disk->self, path, &entries, call->arena);
    vec_each(&entries, entry) {
        Str text;
        if (*error || entry->kind != DISK_FILE || !str_ends_with(entry->name, STR(".yaml")))
            continue;
        *error = disk->read_file(disk->self, disk_join(path, entry->name, call->arena), &text,
                                 call->arena);
        if (*error)
            continue;
        Str digest = digest_hex(DIGEST_SHA256, text, call->arena);
        strbuf_add_format(&lines, "%.*s  %.*s\n", STR_ARG(digest), STR_ARG(entry->name));
    }
    *out = digest_hex(DIGEST_SHA256, strbuf_str(&lines), call->arena);
    return *error == 0;
}

static bool digest_of_release(const Call *call, Str path, Str *out, int *error) {
    const Disk *disk = call->io->disk;
    DiskStat found;
    Str text;
    *error = disk->stat(disk->self, path, &found);
    if (!*error && found.kind == DISK_DIRECTORY)
        return digest_of_directory(call, path, out, error);
    if (!*error)
        *error = disk->read_file(disk->self, path, &text, call->arena);
    if (!*error)
        *out = digest_hex(DIGEST_SHA256, text, call->arena);
    return *error == 0;
}

bool flux_components_read(const Call *call, Path argument, Str path, Str sha256,
                          ManifestObjects *out, Diags *diags) {
    Str digest;
    int error;
    if (!digest_of_release(call, path, &digest, &error))
        return path_error(call, argument, diags, "Manifests of Flux not read",
                          "\"%.*s\": %s. Give the path of a release: a directory with a file for "
                          "each component, or its install.yaml.",
                          STR_ARG(path), strerror(-error));
    if (sha256.len && !str_equal(sha256, digest))
        return path_error(call, argument, diags, "Manifests of Flux changed",
                          "The SHA-256 digest of \"%.*s\" is %.*s, not %.*s. Compare the manifests "
                          "with the release, then correct \"manifests_sha256\".",
                          STR_ARG(path), STR_ARG(digest), STR_ARG(sha256));
    return manifest_files_read(call, argument, path, out, diags);
}

/* Rendering. */

typedef struct FluxRendering {
    const FluxSettings *settings;
    Arena *arena;
} FluxRendering;

static bool components_is_kind(Value object, const char *kind) {
    return str_equal_cstr(value_text_at(object, STR("kind")), kind);
}

static Str component_of(Value object) {
    return kube_object_text(object, "metadata.labels", COMPONENT_LABEL);
}

static bool is_in_namespace(Value object) {
    return !components_is_kind(object, "CustomResourceDefinition") &&
           !components_is_kind(object, "ClusterRole") &&
           !components_is_kind(object, "ClusterRoleBinding") &&
           !components_is_kind(object, "Namespace");
}

/* Objects that several installations in one cluster would share by their names. */
static bool has_suffix(Value object) {
    return components_is_kind(object, "ResourceQuota") ||
           components_is_kind(object, "ClusterRole") ||
           components_is_kind(object, "ClusterRoleBinding");
}

static Str suffixed(const FluxRendering *rendering, Str name) {
    Str released = STR("-flux-system"); /* of an install.yaml */
    if (str_ends_with(name, released))
        name = str_slice(name, 0, name.len - released.len);
    return str_format(rendering->arena, "%.*s-%.*s", STR_ARG(name),
                      STR_ARG(rendering->settings->namespace));
}

static Value with_labels(const FluxRendering *rendering, Value object, const char *path) {
    const FluxSettings *settings = rendering->settings;
    Arena *arena = rendering->arena;
    object =
        kube_object_with(object, path, INSTANCE_LABEL, value_from_str(settings->namespace), arena);
    object =
        kube_object_with(object, path, VERSION_LABEL, value_from_str(settings->version), arena);
    return kube_object_with(object, path, "app.kubernetes.io/part-of", value_from_str(STR("flux")),
                            arena);
}

static Value components_with_subjects(const FluxRendering *rendering, Value object) {
    Value subjects = value_tuple_at(object, STR("subjects"));
    Value *items = value_copy_items(subjects, rendering->arena);
    Value role = value_null(&TYPE_DYNAMIC);
    for (size_t i = 0; i < subjects.count; i++)
        items[i] =
            kube_object_with(items[i], "", "namespace",
                             value_from_str(rendering->settings->namespace), rendering->arena);
    if (subjects.count)
        object = kube_object_with(object, "", "subjects",
                                  value_tuple(items, subjects.count, rendering->arena),
                                  rendering->arena);
    if (!value_find_present(object, STR("roleRef"), &role) ||
        str_equal(value_text_at(role, STR("name")), STR("cluster-admin")))
        return object;
    Str name = suffixed(rendering, value_text_at(role, STR("name")));
    return kube_object_with(object, "roleRef", "name", value_from_str(name), rendering->arena);
}

static bool has_component(const FluxSettings *settings, Str name) {
    return str_is_among(name, settings->components.items, settings->components.count);
}

/* Returns the argument of a controller with the value of the settings. */
static Str components_argument_of(const FluxRendering *rendering, Str component, Str text) {
    const FluxSettings *settings = rendering->settings;
    Arena *arena = rendering->arena;
    Str name = str_slice(text, 0, str_find_char(text, '=', 0));
    if (str_equal(name, STR("--events-addr")))
        return has_component(settings, STR("notification-controller"))
                   ? str_format(arena,
                                "--events-addr=http://notification-controller.$(RUNTIME_NAMESPACE)"
                                ".svc.%.*s./",
                                STR_ARG(settings->cluster_domain))
                   : STR("--events-addr=");
    if (str_equal(name, STR("--watch-all-namespaces")))
        return str_concat(STR("--watch-all-namespaces="),
                          settings->watches_all_namespaces ? STR("true") : STR("false"), arena);
    if (str_equal(name, STR("--log-level")))
        return str_concat(STR("--log-level="), settings->log_level, arena);
    if (str_equal(name, STR("--storage-adv-addr")))
        return str_format(arena, "--storage-adv-addr=%.*s.$(RUNTIME_NAMESPACE).svc.%.*s.",
                          STR_ARG(component), STR_ARG(settings->cluster_domain));
    return text;
}

/* The arguments that lock tenants in, as Flux documents them. A row for each controller and
 * argument; the last part of an argument that ends with "=" is the account of tenants. */
static const struct {
    const char *component;
    const char *argument;
} tenant_arguments[] = {
    {"kustomize-controller", "--no-cross-namespace-refs=true"},
    {"helm-controller", "--no-cross-namespace-refs=true"},
    {"notification-controller", "--no-cross-namespace-refs=true"},
    {"image-reflector-controller", "--no-cross-namespace-refs=true"},
    {"image-automation-controller", "--no-cross-namespace-refs=true"},
    {"kustomize-controller", "--no-remote-bases=true"},
    {"kustomize-controller", "--default-service-account="},
    {"helm-controller", "--default-service-account="},
};

static void add_tenant_arguments(const FluxRendering *rendering, Str component, ValueVec *items) {
    Arena *arena = rendering->arena;
    for (size_t i = 0; i < ARRAY_COUNT(tenant_arguments); i++) {
        Str text = str_from_cstr(tenant_arguments[i].argument);
        if (!str_equal_cstr(component, tenant_arguments[i].component))
            continue;
        if (str_ends_with(text, STR("=")))
            text = str_concat(text, rendering->settings->tenant_account, arena);
        vec_push(arena, items, value_from_str(text));
    }
}

static Value components_arguments_of(const FluxRendering *rendering, Str component,
                                     Value container) {
    Arena *arena = rendering->arena;
    StrVec arguments = value_texts_of(value_tuple_at(container, STR("args")), arena);
    ValueVec items = {0};
    vec_each(&arguments, text) {
        vec_push(arena, &items,
                 value_from_str(components_argument_of(rendering, component, *text)));
    }
    bool takes_artifacts = str_equal(component, STR("kustomize-controller")) ||
                           str_equal(component, STR("helm-controller"));
    if (takes_artifacts && has_component(rendering->settings, STR("source-watcher")))
        vec_push(arena, &items, value_from_str(STR("--feature-gates=ExternalArtifact=true")));
    if (rendering->settings->is_multitenant)
        add_tenant_arguments(rendering, component, &items);
    return value_tuple(items.items, items.count, arena);
}

/* "fluxcd/source-controller:v1" and "ghcr.io/fluxcd/source-controller:v1" → that of `registry`,
 * unless `images` has another one. */
static Value components_with_image(const FluxRendering *rendering, Str component, Value container) {
    const Str *other = map_find(&rendering->settings->images, component);
    Str image = value_text_at(container, STR("image"));
    size_t slash = str_rfind_char(image, '/');
    Str name = slash == SIZE_MAX ? image : str_after(image, slash + 1);
    Str whole = str_format(rendering->arena, "%.*s/%.*s", STR_ARG(rendering->settings->registry),
                           STR_ARG(name));
    return kube_object_with(container, "", "image", value_from_str(other ? *other : whole),
                            rendering->arena);
}

static Value components_with_containers(const FluxRendering *rendering, Value object) {
    Value containers = kube_object_list(object, "spec.template.spec", "containers");
    if (containers.count == 0)
        return object;
    Value *items = value_copy_items(containers, rendering->arena);
    for (size_t i = 0; i < containers.count; i++) {
        items[i] = components_with_image(rendering, component_of(object), items[i]);
        items[i] = kube_object_with(
            items[i], "", "args",
            components_arguments_of(rendering, component_of(object), items[i]), rendering->arena);
    }
    return kube_object_with(object, "spec.template.spec", "containers",
                            value_tuple(items, containers.count, rendering->arena),
                            rendering->arena);
}

static Value object_of(const char *name, Str text, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, str_from_cstr(name), value_from_str(text));
    return object_builder_value(&builder);
}

static Value tolerations_of(const FluxRendering *rendering) {
    ValueVec items = {0};
    vec_each(&rendering->settings->toleration_keys, key) {
        Value item = object_of("key", *key, rendering->arena);
        item =
            kube_object_with(item, "", "operator", value_from_str(STR("Exists")), rendering->arena);
        vec_push(rendering->arena, &items, item);
    }
    return value_tuple(items.items, items.count, rendering->arena);
}

static Value components_with_pod(const FluxRendering *rendering, Value object) {
    const FluxSettings *settings = rendering->settings;
    static const char pod[] = "spec.template.spec";
    Arena *arena = rendering->arena;
    object = components_with_containers(rendering, object);
    object = with_labels(rendering, object, "spec.template.metadata.labels");
    object = kube_object_with(object, "spec.template.spec.nodeSelector", "kubernetes.io/os",
                              value_from_str(STR("linux")), arena);
    if (settings->image_pull_secret.len) {
        Value *secret = arena_new(arena, Value);
        *secret = object_of("name", settings->image_pull_secret, arena);
        object =
            kube_object_with(object, pod, "imagePullSecrets", value_tuple(secret, 1, arena), arena);
    }
    return settings->toleration_keys.count
               ? kube_object_with(object, pod, "tolerations", tolerations_of(rendering), arena)
               : object;
}

static Value components_render(const FluxRendering *rendering, Value object) {
    Arena *arena = rendering->arena;
    Str name = kube_object_text(object, "metadata", "name");
    if (is_in_namespace(object))
        object = kube_object_with(object, "metadata", "namespace",
                                  value_from_str(rendering->settings->namespace), arena);
    if (has_suffix(object))
        object = kube_object_with(object, "metadata", "name",
                                  value_from_str(suffixed(rendering, name)), arena);
    if (components_is_kind(object, "ClusterRoleBinding"))
        object = components_with_subjects(rendering, object);
    if (components_is_kind(object, "Deployment"))
        object = components_with_pod(rendering, object);
    return with_labels(rendering, object, "metadata.labels");
}

static Value components_namespace_of(const FluxRendering *rendering) {
    Arena *arena = rendering->arena;
    Value object = kube_object_new(STR("v1"), STR("Namespace"), STR_EMPTY,
                                   rendering->settings->namespace, arena);
    object = kube_object_with(object, "metadata.labels", "pod-security.kubernetes.io/warn",
                              value_from_str(STR("restricted")), arena);
    object = kube_object_with(object, "metadata.labels", "pod-security.kubernetes.io/warn-version",
                              value_from_str(STR("latest")), arena);
    return with_labels(rendering, object, "metadata.labels");
}

/* `item` is the place of errors about the object. */
static void components_add_object(const FluxRendering *rendering, const ManifestObject *item,
                                  Value object, ManifestObjects *out) {
    ManifestObject one = *item;
    one.object = object;
    one.namespace = kube_object_text(object, "metadata", "namespace");
    one.name = kube_object_text(object, "metadata", "name");
    vec_push(rendering->arena, out, one);
}

/* Adds the objects of a component, or those of none: the network policies or the others. */
static void components_add_objects(const FluxRendering *rendering, const ManifestObjects *release,
                                   Str component, bool are_policies, ManifestObjects *out) {
    vec_each(release, item) {
        Value object = item->object;
        bool is_policy = components_is_kind(object, "NetworkPolicy");
        if (components_is_kind(object, "Namespace") ||
            components_is_kind(object, "Kustomization") || is_policy != are_policies ||
            !str_equal(component_of(object), component))
            continue;
        if (!is_policy || rendering->settings->has_network_policy)
            components_add_object(rendering, item, components_render(rendering, object), out);
    }
}

static bool check_components(const FluxSettings *settings, const ManifestObjects *release,
                             Str *problem, Arena *arena) {
    vec_each(&settings->components, name) {
        bool is_there = false;
        vec_each(release, item)
            is_there |= components_is_kind(item->object, "Deployment") &&
                        str_equal(component_of(item->object), *name);
        if (is_there)
            continue;
        *problem = str_format(arena, "The manifests have no component \"%.*s\".", STR_ARG(*name));
        return false;
    }
    return true;
}

static bool components_check_images(const FluxSettings *settings, Str *problem, Arena *arena) {
    map_each(&settings->images, entry) {
        if (has_component(settings, entry->key))
            continue;
        *problem = str_format(arena,
                              "\"images\" has an image for \"%.*s\", which is not a component of "
                              "this installation.",
                              STR_ARG(entry->key));
        return false;
    }
    return true;
}

static Str image_tag(Value deployment) {
    Value containers = value_null(&TYPE_DYNAMIC);
    if (!kube_object_find(deployment, "spec.template.spec", "containers", &containers) ||
        !containers.count)
        return STR_EMPTY;
    Str image = value_text_at(value_at(containers, 0), STR("image"));
    size_t colon = str_rfind_char(image, ':');
    return colon == SIZE_MAX ? STR_EMPTY : str_after(image, colon + 1);
}

/* Objects do not name the release, but it determines the versions of its components. */
static bool components_check_version(const FluxSettings *settings, const ManifestObjects *release,
                                     Str *problem, Arena *arena) {
    vec_each(release, item) {
        Str component = component_of(item->object);
        Str wanted = flux_components_version(settings->version, component);
        if (!components_is_kind(item->object, "Deployment") || !wanted.len ||
            !has_component(settings, component))
            continue;
        Str tag = image_tag(item->object);
        if (str_equal(tag, wanted))
            continue;
        *problem = str_format(arena,
                              "Flux %.*s has %.*s %.*s, but the manifests have %.*s. Set "
                              "\"version\" to that of the manifests.",
                              STR_ARG(settings->version), STR_ARG(component), STR_ARG(wanted),
                              STR_ARG(tag));
        return false;
    }
    return true;
}

bool flux_components_objects(const ManifestObjects *release, const FluxSettings *settings,
                             ManifestObjects *out, Str *problem, Arena *arena) {
    static const ManifestObject namespace = {
        .api_version = STR_CONST("v1"),
        .kind = STR_CONST("Namespace"),
        .file = STR_CONST("(namespace)"),
        .line = 1,
    };
    FluxRendering rendering = {.settings = settings, .arena = arena};
    if (!check_components(settings, release, problem, arena) ||
        !components_check_images(settings, problem, arena) ||
        !components_check_version(settings, release, problem, arena))
        return false;
    *out = (ManifestObjects){0};
    components_add_object(&rendering, &namespace, components_namespace_of(&rendering), out);
    components_add_objects(&rendering, release, STR_EMPTY, true, out);
    components_add_objects(&rendering, release, STR_EMPTY, false, out);
    vec_each(&settings->components, component)
        components_add_objects(&rendering, release, *component, false, out);
    return true;
}

bool flux_components_render(const ManifestObjects *release, const FluxSettings *settings,
                            ValueVec *out, Str *problem, Arena *arena) {
    ManifestObjects objects;
    *out = (ValueVec){0};
    if (!flux_components_objects(release, settings, &objects, problem, arena))
        return false;
    vec_each(&objects, item)
        vec_push(arena, out, item->object);
    return true;
}

Str flux_components_text(const ValueVec *objects, const FluxSettings *settings, Arena *arena) {
    Str names = str_join(settings->components.items, settings->components.count, STR(","), arena);
    StrBuf text = strbuf_new(arena);
    strbuf_add_format(&text,
                      "---\n"
                      "# This manifest was generated by flux. DO NOT EDIT.\n"
                      "# Flux Version: %.*s\n"
                      "# Components: %.*s\n",
                      STR_ARG(settings->version), STR_ARG(names));
    vec_each(objects, object) {
        if (object != objects->items)
            strbuf_add_cstr(&text, "---\n");
        Str document;
        CHECK(yaml_write(*object, YAML_STYLE_MANIFEST, &document, arena)); /* it was read as YAML */
        strbuf_add(&text, document);
    }
    return strbuf_str(&text);
}

Str flux_components_digest(const ValueVec *objects, Arena *arena) {
    Str *lines = arena_new_array(arena, Str, objects->count);
    for (size_t i = 0; i < objects->count; i++) {
        ObjectKey key = object_key_of(objects->items[i]);
        lines[i] = str_format(arena, "%.*s %.*s\n", STR_ARG(object_key_text(&key, arena)),
                              STR_ARG(json_text(objects->items[i], arena)));
    }
    str_sort(lines, objects->count);
    Str text = str_join(lines, objects->count, STR_EMPTY, arena);
    return str_concat(STR("sha256:"), digest_hex(DIGEST_SHA256, text, arena), arena);
}

ValueVec flux_components_parse(const Call *call, Str text) {
    ManifestObjects found = {0};
    Diags ignored = diags_new(call->arena);
    ValueVec out = {0};
    if (!manifest_text_read(call, NO_PATH, STR_EMPTY, text, &found, &ignored))
        return out;
    vec_each(&found, item)
        vec_push(call->arena, &out, item->object);
    return out;
}

/* Reading settings from objects. */

static void components_read_arguments(Value deployment, FluxSettings *settings) {
    Value containers = value_null(&TYPE_DYNAMIC);
    if (!kube_object_find(deployment, "spec.template.spec", "containers", &containers) ||
        !containers.count)
        return;
    Value container = value_at(containers, 0), arguments = value_tuple_at(container, STR("args"));
    Str image = value_text_at(container, STR("image"));
    settings->registry = str_slice(image, 0, str_rfind_char(image, '/'));
    for (size_t i = 0; i < arguments.count; i++) {
        Str text = value_text(value_at(arguments, i));
        size_t equals = str_find_char(text, '=', 0);
        Str name = str_slice(text, 0, equals);
        Str value = equals == SIZE_MAX ? STR("true") : str_after(text, equals + 1);
        size_t domain = str_find(value, STR(".svc."), 0);
        if (str_equal(name, STR("--log-level")))
            settings->log_level = value;
        if (str_equal(name, STR("--watch-all-namespaces")))
            settings->watches_all_namespaces = str_equal(value, STR("true"));
        if (str_equal(name, STR("--storage-adv-addr")) && domain != SIZE_MAX)
            settings->cluster_domain = str_slice(value, domain + 5, value.len - 1);
        if (str_equal(name, STR("--no-cross-namespace-refs")))
            settings->is_multitenant = str_equal(value, STR("true"));
        if (str_equal(name, STR("--default-service-account")))
            settings->tenant_account = value;
    }
}

static void read_pod(Value deployment, FluxSettings *settings, Arena *arena) {
    Value pod = value_null(&TYPE_DYNAMIC);
    if (!kube_object_find(deployment, "spec.template", "spec", &pod))
        return;
    Value secrets = value_tuple_at(pod, STR("imagePullSecrets"));
    Value tolerations = value_tuple_at(pod, STR("tolerations"));
    if (secrets.count)
        settings->image_pull_secret = value_text_at(value_at(secrets, 0), STR("name"));
    settings->toleration_keys = (StrVec){0};
    for (size_t i = 0; i < tolerations.count; i++)
        vec_push(arena, &settings->toleration_keys,
                 value_text_at(value_at(tolerations, i), STR("key")));
}

FluxSettings flux_components_settings(const ValueVec *objects, Arena *arena) {
    FluxSettings settings = {0};
    vec_each(objects, object) {
        settings.has_network_policy |= components_is_kind(*object, "NetworkPolicy");
        if (components_is_kind(*object, "Namespace")) {
            settings.namespace = kube_object_text(*object, "metadata", "name");
            settings.version = kube_object_text(*object, "metadata.labels", VERSION_LABEL);
        }
        if (!components_is_kind(*object, "Deployment"))
            continue;
        vec_push(arena, &settings.components, component_of(*object));
        components_read_arguments(*object, &settings);
        read_pod(*object, &settings, arena);
    }
    return settings;
}
