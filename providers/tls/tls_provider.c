/* The provider of keys that are made once and kept in the state. */
#include "tls_provider.h"

static const ResourceType *const resources[] = {&tls_private_key};
static const ResourceType *const ephemerals[] = {&ephemeral_tls_private_key};

const Provider tls_provider = {
    .name = "tls",
    .address = "registry.terraform.io/hashicorp/tls",
    .description = "Keys made with OpenSSL and kept in the state.",
    PROVIDER_RESOURCES(resources),
    PROVIDER_EPHEMERALS(ephemerals),
};
