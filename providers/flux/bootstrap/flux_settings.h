/* FluxSettings: how an installation of Flux differs from its release, by the arguments that all
 * types of installations have. */
#pragma once

#include "map.h"
#include "provider.h"

typedef struct FluxSettings {
    Str namespace;
    Str version; /* "v2.9.4" */
    StrVec components;
    bool has_network_policy;
    bool watches_all_namespaces;
    Str log_level;
    Str cluster_domain;
    Str registry;          /* "ghcr.io/fluxcd" */
    Str image_pull_secret; /* empty: none */
    StrVec toleration_keys;
    Map images; /* component → Str: an image that replaces that of the release */
    /* Locks tenants in: no references to other namespaces, no remote bases, and objects without a
     * service account are applied as `tenant_account`. */
    bool is_multitenant;
    Str tenant_account; /* "default" */
} FluxSettings;

/* clang-format off */
/* Rows of tables of arguments. `namespace` and `version` are not among them. */
#define FLUX_SETTINGS_ATTRIBUTES \
    {"components",              &TYPE_SET_OF_STRING, OPTIONAL | COMPUTED,              "Controllers to install.", .default_json = "[\"helm-controller\",\"kustomize-controller\",\"notification-controller\",\"source-controller\"]"}, \
    {"components_extra",        &TYPE_SET_OF_STRING, OPTIONAL,                         "Further controllers: image-reflector-controller, image-automation-controller, source-watcher."}, \
    {"network_policy",          &TYPE_BOOL,          OPTIONAL | COMPUTED,              "Whether network policies restrict access to the controllers.", .default_json = "true"}, \
    {"watch_all_namespaces",    &TYPE_BOOL,          OPTIONAL | COMPUTED,              "Whether the controllers look at all namespaces.", .default_json = "true"}, \
    {"log_level",               &TYPE_STRING,        OPTIONAL | COMPUTED,              "Log level of the controllers.", .default_json = "\"info\"", .one_of = "info debug error"}, \
    {"cluster_domain",          &TYPE_STRING,        OPTIONAL | COMPUTED,              "DNS domain of the cluster.", .default_json = "\"cluster.local\""}, \
    {"registry",                &TYPE_STRING,        OPTIONAL | COMPUTED,              "Registry of the images.", .default_json = "\"ghcr.io/fluxcd\""}, \
    {"images",                  &TYPE_MAP_OF_STRING, OPTIONAL,                         "Whole image references that replace those of the release, by component, such as source-controller = \"registry.example.com/source-controller:v1.9.4@sha256:…\". registry does not apply to them."}, \
    {"multitenant",             &TYPE_BOOL,          OPTIONAL,                         "Whether tenants are locked in: no references to other namespaces, no remote bases of kustomize, and objects without a service account are applied with tenant_service_account (default false)."}, \
    {"tenant_service_account",  &TYPE_STRING,        OPTIONAL,                         "Service account of each namespace for objects that name none, with multitenant (default \"default\")."}, \
    {"image_pull_secret",       &TYPE_STRING,        OPTIONAL,                         "Name of a Secret with the credentials of the registry."}, \
    {"toleration_keys",         &TYPE_SET_OF_STRING, OPTIONAL,                         "Keys of taints that the controllers tolerate."}
/* clang-format on */

/* Names of the arguments that determine the objects, besides the path of the manifests; ended by
 * NULL. */
extern const char *const flux_settings_arguments[];
/* Reads the arguments; null ones have their defaults. */
FluxSettings flux_settings_of(Value object, Arena *arena);
Str flux_settings_namespace(Value object);
/* Returns whether an installation has the component unless "components" says otherwise. */
bool flux_settings_is_default(Str component);
