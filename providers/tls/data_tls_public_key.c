/* data tls_public_key: the public key of a private key. */
#include "tls_provider.h"
#include "tls_public.h"

static const Attribute attributes[] = {TLS_PUBLIC_ATTRIBUTES};
static const ArgumentRule rules[] = {TLS_PUBLIC_RULES};

static bool key_read(const Call *call,
                     const DataReadRequest *request,
                     DataReadResponse *response,
                     Diags *diags) {
    return tls_public_describe(call, request->config, &response->state, diags);
}

const DataSourceType data_tls_public_key = {
    .name = "tls_public_key",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_RULES(rules),
               .description = "The public key of a private key."},
    .read = key_read,
};
