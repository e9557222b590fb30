#include "argocd_provider.h"

#include "kubernetes_connection.h"

static const ObjectType *const provider_types[] = {ARGOCD_TYPES(PROVIDER_ROW)};

const Provider argocd_provider = {
    .name = "argocd",
    .address = "loam.internal/builtin/argocd",
    .description = "Argo CD in a Kubernetes cluster: its projects, applications, repositories and "
                   "clusters, by the API of Kubernetes alone.",
    .schema = KUBERNETES_CONNECTION_SCHEMA,
    .configure = kubernetes_connection_configure,
    .close = kubernetes_connection_close,
    PROVIDER_TYPES(provider_types),
};
