/* data tls_public_key: the public key of a private key. */
#include "tls_key.h"
#include "tls_provider.h"

static const Attribute data_public_key_attributes[] = {TLS_KEY_PUBLIC_ATTRIBUTES};
static const ArgumentRule data_public_key_rules[] = {TLS_KEY_PUBLIC_RULES};

static bool key_read(const Call *call, const DataReadRequest *request, DataReadResponse *response,
                     Diags *diags) {
    return tls_key_read_public(call, request->config, &response->state, diags);
}

const DataSourceType data_tls_public_key = {
    .mode = MODE_DATA,
    .name = "tls_public_key",
    .schema = {SCHEMA_ATTRIBUTES(data_public_key_attributes), SCHEMA_RULES(data_public_key_rules),
               .description = "The public key of a private key."},
    .read = key_read,
};
