/* ephemeral tls_private_key: a key pair that is made anew in every run and kept nowhere. */
#include "tls_key.h"
#include "tls_provider.h"

static const Attribute attributes[] = {TLS_KEY_ATTRIBUTES(0)};

static bool key_open(const Call *call, EphemeralResponse *response, Diags *diags) {
    Draft draft = draft_of(response->result, call->arena);
    Str id;
    if (!tls_key_make(response->result, &draft, &id, call->arena, diags))
        return false;
    response->result = draft_value(&draft);
    return true;
}

const ResourceType ephemeral_tls_private_key = {
    .name = "tls_private_key",
    .schema = {SCHEMA_ATTRIBUTES(attributes),
               .description = "A key pair that is made anew in every run and kept nowhere."},
    .open = key_open,
};
