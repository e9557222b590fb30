/* kubernetes: objects of a Kubernetes cluster. */
#pragma once

#include "provider.h"

/* clang-format off */
#define KUBERNETES_TYPES(ROW)                           \
    ROW(ResourceType, kubernetes_annotations)           \
    ROW(ResourceType, kubernetes_config_map)            \
    ROW(ResourceType, kubernetes_labels)                \
    ROW(ResourceType, kubernetes_manifest)              \
    ROW(ResourceType, kubernetes_manifests)             \
    ROW(ResourceType, kubernetes_namespace)             \
    ROW(ResourceType, kubernetes_node_taint)            \
    ROW(ResourceType, kubernetes_sealed_secret)         \
    ROW(ResourceType, kubernetes_secret)                \
    ROW(DataSourceType, data_kubernetes_resource)       \
    ROW(DataSourceType, data_kubernetes_resources)      \
    ROW(DataSourceType, data_kubernetes_server_version) \
    ROW(EphemeralType, ephemeral_kubernetes_token)
/* clang-format on */

KUBERNETES_TYPES(TYPE_DECLARE)

extern const ForeignNames hashicorp_kubernetes_arguments;
extern const ProviderTwin hashicorp_kubernetes;
extern const Provider kubernetes_provider;
