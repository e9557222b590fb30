#include "kubernetes_provider.h"

#include "kubernetes_connection.h"

static const ObjectType *const provider_types[] = {KUBERNETES_TYPES(PROVIDER_ROW)};

const Provider kubernetes_provider = {
    .name = "kubernetes",
    .address = "loam.internal/builtin/kubernetes",
    .description = "Objects of a Kubernetes cluster, planned by its API server.",
    .schema = KUBERNETES_CONNECTION_SCHEMA,
    .schema.foreign = &hashicorp_kubernetes_arguments,
    .configure = kubernetes_connection_configure,
    .close = kubernetes_connection_close,
    .twin = &hashicorp_kubernetes,
    PROVIDER_TYPES(provider_types),
};
