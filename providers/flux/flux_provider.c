/* flux_provider: the provider of Flux, which reconciles a Kubernetes cluster with its sources. */
#include "flux_provider.h"

#include "kubernetes_connection.h"

static const ResourceType *const resources[] = {FLUX_RESOURCES(PROVIDER_ROW)};

const Provider flux_provider = {
    .name = "flux",
    .address = "loam.internal/builtin/flux",
    .description = "Flux in a Kubernetes cluster: its installation, and the objects that it "
                   "reconciles.",
    .schema = KUBERNETES_CONNECTION_SCHEMA,
    .configure = kubernetes_connection_configure,
    .close = kubernetes_connection_close,
    PROVIDER_RESOURCES(resources),
};
