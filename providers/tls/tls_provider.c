/* The provider of keys and certificates. */
#include "tls_provider.h"

#include "tls_client.h"

static const ResourceType *const resources[] = {
    &tls_cert_request,
    &tls_locally_signed_cert,
    &tls_private_key,
    &tls_self_signed_cert,
};
static const DataSourceType *const data_sources[] = {&data_tls_certificate, &data_tls_public_key};
static const EphemeralType *const ephemerals[] = {
    &ephemeral_tls_private_key,
    &ephemeral_tls_public_key,
};

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
