/* ephemeral tls_public_key: the public key of a private key, never stored. */
#include "tls_key.h"
#include "tls_provider.h"

static const Attribute ephemeral_public_key_attributes[] = {TLS_KEY_PUBLIC_ATTRIBUTES};
static const ArgumentRule ephemeral_public_key_rules[] = {TLS_KEY_PUBLIC_RULES};

static bool public_key_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                            Diags *diags) {
    return tls_key_read_public(call, request->config, &response->result, diags);
}

const EphemeralType ephemeral_tls_public_key = {
    .mode = MODE_EPHEMERAL,
    .name = "tls_public_key",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_public_key_attributes),
               SCHEMA_RULES(ephemeral_public_key_rules),
               .description = "The public key of a private key, not stored."},
    .open = public_key_open,
};
