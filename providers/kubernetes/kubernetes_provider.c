/* kubernetes_provider: the provider of objects of a Kubernetes cluster. */
#include "kubernetes_provider.h"

#include "kubernetes_connection.h"

static const ResourceType *const resources[] = {KUBERNETES_RESOURCES(PROVIDER_ROW)};
static const DataSourceType *const data_sources[] = {KUBERNETES_DATA_SOURCES(PROVIDER_ROW)};
static const EphemeralType *const ephemerals[] = {KUBERNETES_EPHEMERALS(PROVIDER_ROW)};

const Provider kubernetes_provider = {
    .name = "kubernetes",
    .address = "loam.internal/builtin/kubernetes",
    .description = "Objects of a Kubernetes cluster, planned by its API server.",
    .schema = KUBERNETES_CONNECTION_SCHEMA,
    .configure = kubernetes_connection_configure,
    .close = kubernetes_connection_close,
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
    PROVIDER_EPHEMERALS(ephemerals),
};
