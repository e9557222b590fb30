/* ssh_provider: the provider of commands and files on machines reached by SSH. */
#include "ssh_provider.h"

#include "ssh_client.h"

static const Attribute provider_attributes[] = {
    SSH_CLIENT_PROVIDER_ATTRIBUTES,
};

static const ObjectType *const types[] = {SSH_TYPES(PROVIDER_ROW)};

const Provider ssh_provider = {
    .name = "ssh",
    .address = "loam.internal/builtin/ssh",
    .description = "Commands and files on machines, through SSH with pinned host keys.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes), .description = "Defaults of the resources."},
    .configure = ssh_client_configure,
    .close = ssh_client_close,
    PROVIDER_TYPES(types),
};
