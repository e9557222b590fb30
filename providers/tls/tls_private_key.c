/* tls_private_key: a key pair, generated once and stored in the state. */
#include "tls_key.h"
#include "tls_provider.h"
#include "upgrade_object.h"

static const Attribute private_key_attributes[] = {
    TLS_KEY_ATTRIBUTES(FORCES_NEW),
    {"id", &TYPE_STRING, COMPUTED, "SHA-1 of the public key in DER, in hex."},
};

static bool key_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                       Diags *diags) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    Str id;
    if (!tls_key_make(request->planned, &builder, &id, call->arena, diags))
        return false;
    object_builder_set(&builder, "id", value_from_str(id));
    response->state = object_builder_value(&builder);
    return true;
}

static bool key_upgrade(const Call *call, const UpgradeRequest *request, UpgradeResponse *response,
                        Diags *diags) {
    ObjectBuilder builder;
    Str id;
    if (!upgrade_object_begin(call, request, &builder))
        return true;
    if (!tls_key_complete(&builder, &id, call->arena, diags))
        return false;
    object_builder_set(&builder, "id", value_from_str(id));
    upgrade_object_end(call, &builder, response);
    return true;
}

const ResourceType tls_private_key = {
    .name = "tls_private_key",
    .schema = {SCHEMA_ATTRIBUTES(private_key_attributes), .version = 1,
               .description = "A key pair."},
    .effect = EFFECT_NONE,
    .create = key_create,
    .upgrade = key_upgrade,
};
