/* kubeadm_provider: the tables of the types. */
#include "kubeadm_provider.h"
#include "ssh_client.h"

static const Attribute provider_attributes[] = {
    SSH_CLIENT_PROVIDER_ATTRIBUTES,
};

static const ObjectType *const types[] = {KUBEADM_TYPES(PROVIDER_ROW)};

const Provider kubeadm_provider = {
    .name = "kubeadm",
    .address = "loam.internal/builtin/kubeadm",
    .description = "Creates Kubernetes clusters by kubeadm, on machines that SSH reaches.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes),
               .description = "Defaults of SSH connections."},
    .configure = ssh_client_configure,
    .close = ssh_client_close,
    PROVIDER_TYPES(types),
};
