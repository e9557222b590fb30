/* kubernetes: objects of a Kubernetes cluster. */
#pragma once

#include "provider.h"

/* clang-format off */
#define KUBERNETES_RESOURCES(ROW) \
    ROW(kubernetes_annotations) \
    ROW(kubernetes_config_map) \
    ROW(kubernetes_labels) \
    ROW(kubernetes_manifest) \
    ROW(kubernetes_manifests) \
    ROW(kubernetes_namespace) \
    ROW(kubernetes_node_taint) \
    ROW(kubernetes_sealed_secret) \
    ROW(kubernetes_secret)

#define KUBERNETES_DATA_SOURCES(ROW) \
    ROW(data_kubernetes_resource) \
    ROW(data_kubernetes_resources) \
    ROW(data_kubernetes_server_version)

#define KUBERNETES_EPHEMERALS(ROW) \
    ROW(ephemeral_kubernetes_token)
/* clang-format on */

KUBERNETES_RESOURCES(RESOURCE_DECLARE)
KUBERNETES_DATA_SOURCES(DATA_SOURCE_DECLARE)
KUBERNETES_EPHEMERALS(EPHEMERAL_DECLARE)

extern const Provider kubernetes_provider;
