#include "flux_settings.h"

#include "object_builder.h"

const char *const flux_settings_arguments[] = {
    "namespace",
    "version",
    "manifests_sha256",
    "create_namespace",
    "components",
    "components_extra",
    "network_policy",
    "watch_all_namespaces",
    "log_level",
    "cluster_domain",
    "registry",
    "images",
    "multitenant",
    "tenant_service_account",
    "image_pull_secret",
    "toleration_keys",
    NULL,
};

Str flux_settings_namespace(Value object) {
    return object_text(object, "namespace", STR("flux-system"));
}

static StrVec texts_of(Value object, const char *name, Arena *arena) {
    Value set = object_attribute(object, name);
    StrVec out = {0};
    for (size_t i = 0; value_is_present(set) && i < set.count; i++)
        vec_push(arena, &out, value_text(value_at(set, i)));
    return out;
}

static const Str default_components[] = {
    STR_CONST("source-controller"), STR_CONST("kustomize-controller"), STR_CONST("helm-controller"),
    STR_CONST("notification-controller")};

bool flux_settings_is_default(Str component) {
    return str_is_among(component, default_components, ARRAY_COUNT(default_components));
}

static StrVec named_components(Value object, Arena *arena) {
    StrVec names = texts_of(object, "components", arena);
    StrVec extra = texts_of(object, "components_extra", arena);
    if (!object_has(object, "components")) {
        for (size_t i = 0; i < ARRAY_COUNT(default_components); i++)
            vec_push(arena, &names, default_components[i]);
    }
    vec_each(&extra, name)
        vec_push(arena, &names, *name);
    return names;
}

/* Components in the order in which Flux lists them; names that Flux does not have are last, so that
 * the comparison with the release rejects them. */
static StrVec components_of(Value object, Arena *arena) {
    static const Str order[] = {
        STR_CONST("source-controller"),
        STR_CONST("kustomize-controller"),
        STR_CONST("helm-controller"),
        STR_CONST("notification-controller"),
        STR_CONST("image-reflector-controller"),
        STR_CONST("image-automation-controller"),
        STR_CONST("source-watcher"),
    };
    StrVec names = named_components(object, arena), out = {0};
    for (size_t i = 0; i < ARRAY_COUNT(order); i++) {
        if (str_is_among(order[i], names.items, names.count))
            vec_push(arena, &out, order[i]);
    }
    vec_each(&names, name) {
        if (!str_is_among(*name, order, ARRAY_COUNT(order)))
            vec_push(arena, &out, *name);
    }
    return out;
}

static Map images_of(Value object, Arena *arena) {
    Value images = object_attribute(object, "images");
    Map out = map_new(arena);
    for (size_t i = 0; value_is_present(images) && i < images.count; i++) {
        Str *image = arena_new(arena, Str);
        *image = value_text(value_at(images, i));
        map_set(&out, value_key_at(images, i), image);
    }
    return out;
}

FluxSettings flux_settings_of(Value object, Arena *arena) {
    return (FluxSettings){
        .namespace = flux_settings_namespace(object),
        .version = object_text(object, "version", STR_EMPTY),
        .components = components_of(object, arena),
        .has_network_policy = object_bool(object, "network_policy", true),
        .watches_all_namespaces = object_bool(object, "watch_all_namespaces", true),
        .log_level = object_text(object, "log_level", STR("info")),
        .cluster_domain = object_text(object, "cluster_domain", STR("cluster.local")),
        .registry = object_text(object, "registry", STR("ghcr.io/fluxcd")),
        .image_pull_secret = object_text(object, "image_pull_secret", STR_EMPTY),
        .toleration_keys = texts_of(object, "toleration_keys", arena),
        .images = images_of(object, arena),
        .is_multitenant = object_bool(object, "multitenant", false),
        .tenant_account = object_text(object, "tenant_service_account", STR("default")),
    };
}
