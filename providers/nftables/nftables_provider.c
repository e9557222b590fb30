/* nftables_provider: manages tables of nftables on machines reached by SSH. */
#include "nftables_provider.h"

#include "ssh_client.h"

static const Attribute provider_attributes[] = {
    SSH_CLIENT_PROVIDER_ATTRIBUTES,
};

static const ObjectType *const provider_types[] = {NFTABLES_TYPES(PROVIDER_ROW)};

const Provider nftables_provider = {
    .name = "nftables",
    .address = "loam.internal/builtin/nftables",
    .description = "Packet filter rules on machines, through SSH with pinned host keys.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes), .description = "Defaults of connections."},
    .configure = ssh_client_configure,
    .close = ssh_client_close,
    PROVIDER_TYPES(provider_types),
};
