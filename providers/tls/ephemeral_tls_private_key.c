/* ephemeral tls_private_key: a key pair generated in every run and never stored. */
#include "tls_key.h"
#include "tls_provider.h"

static const Attribute ephemeral_private_key_attributes[] = {TLS_KEY_ATTRIBUTES(0)};

static bool private_key_open(const Call *call, const OpenRequest *, OpenResponse *response,
                             Diags *diags) {
    ObjectBuilder builder = object_builder_of(response->result, call->arena);
    Str id;
    if (!tls_key_make(response->result, &builder, &id, call->arena, diags))
        return false;
    response->result = object_builder_value(&builder);
    return true;
}

const EphemeralType ephemeral_tls_private_key = {
    .mode = MODE_EPHEMERAL,
    .name = "tls_private_key",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_private_key_attributes),
               .description = "A key pair, generated in every run and not stored."},
    .open = private_key_open,
};
