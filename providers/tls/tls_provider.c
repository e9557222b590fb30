/* tls_provider: the provider of keys and certificates. */
#include "tls_provider.h"

#include "tls_client.h"

static const ResourceType *const resources[] = {TLS_RESOURCES(PROVIDER_ROW)};
static const DataSourceType *const data_sources[] = {TLS_DATA_SOURCES(PROVIDER_ROW)};
static const EphemeralType *const ephemerals[] = {TLS_EPHEMERALS(PROVIDER_ROW)};

const Provider tls_provider = {
    .name = "tls",
    .address = "registry.terraform.io/hashicorp/tls",
    .imitates = "4.2.1",
    .description = "Keys and certificates made with OpenSSL and kept in the state.",
    .schema = {.blocks = &tls_client_block, .block_count = 1},
    .configure = tls_client_configure,
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
    PROVIDER_EPHEMERALS(ephemerals),
};
