/* ephemeral tls_public_key: the public key of a private key, never stored. */
#include "tls_key.h"
#include "tls_provider.h"

static const Attribute attributes[] = {TLS_KEY_PUBLIC_ATTRIBUTES};
static const ArgumentRule rules[] = {TLS_KEY_PUBLIC_RULES};

static bool public_key_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                            Diags *diags) {
    return tls_key_read_public(call, request->config, &response->result, diags);
}

const EphemeralType ephemeral_tls_public_key = {
    .mode = MODE_EPHEMERAL,
    .name = "tls_public_key",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_RULES(rules),
               .description = "The public key of a private key, not stored."},
    .open = public_key_open,
};
