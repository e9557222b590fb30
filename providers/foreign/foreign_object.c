/* foreign_object: decodes objects and identities, and begins requests. */
#include "foreign_object.h"

/* Decodes the value of a response by the schema of the type. Adds an
 * error if the value is damaged. */
bool foreign_object_read(const Call *call, const ProtocolResponse *response, const char *method,
                         Value *out, Diags *diags) {
    const Schema *schema = &call->type->schema;
    Str error = STR("the value is missing");
    Value v;
    if (response->has_state && protocol_message_value(response->state, schema_implied_type(schema),
                                                      &v, &error, call->arena)) {
        *out = schema_fill_blocks(schema, v, call->arena);
        return true;
    }
    return diags_fail(diags, NO_RANGE, "Provider produced invalid object",
                      "The response of the provider %s to %s is no object of the type %s: %.*s. "
                      "This is a mistake in the provider; please report it to its developers.",
                      call->provider->address, method, call->type->name, STR_ARG(error));
}

/* Decodes the identity of a response, if it has one. Adds an error if the identity is damaged. */
bool foreign_object_read_identity(const Call *call, const ProtocolResponse *response,
                                  const char *method, Value *out, Diags *diags) {
    const Schema *schema = resource_type_of(call->type)->identity;
    Str error = STR("the type has no identity");
    *out = (Value){0};
    if (!response->has_identity)
        return true;
    if (schema && protocol_message_value(response->identity, schema_implied_type(schema), out,
                                         &error, call->arena))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Provider produced invalid identity",
        "The response of the provider %s to %s has no valid identity of the type %s: %.*s. This is "
        "a mistake in the provider; please report it to its developers.",
        call->provider->address, method, call->type->name, STR_ARG(error));
}

static bool check_known_identity(const Call *call, Value identity, const char *method,
                                 Diags *diags) {
    if (value_is_wholly_known(identity))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Provider produced invalid identity",
        "The response of the provider %s to %s contains an identity with unknown values. This is a "
        "mistake in the provider; please report it to its developers.",
        call->provider->address, method);
}

bool foreign_object_read_known_identity(const Call *call, const ProtocolResponse *response,
                                        const char *method, Value *out, Diags *diags) {
    if (foreign_object_read_identity(call, response, method, out, diags) &&
        check_known_identity(call, *out, method, diags))
        return true;
    *out = (Value){0};
    return false;
}

ProtocolRequest foreign_object_request(const Call *call) {
    const ForeignProvider *foreign = (const ForeignProvider *)call->provider;
    ProtocolRequest request = {.type_name = call->type->name,
                               .type = schema_implied_type(&call->type->schema),
                               .allows_deferral = call->allows_deferral,
                               .meta_type = foreign->meta_type};
    const ResourceType *type = resource_type_of(call->type);
    if (type && type->identity)
        request.identity_type = schema_implied_type(type->identity);
    if (foreign->meta_type)
        request.meta = value_null(foreign->meta_type);
    return request;
}

/* Returns the reason of a deferred response; DEFERRAL_NONE if it is none. */
Deferral foreign_object_deferral(const ProtocolResponse *response) {
    uint64_t reason = response->deferred_reason;
    if (!response->is_deferred)
        return DEFERRAL_NONE;
    return reason > DEFERRAL_ABSENT_PREREQUISITE - DEFERRAL_UNSPECIFIED
               ? DEFERRAL_UNSPECIFIED
               : (Deferral)(DEFERRAL_UNSPECIFIED + reason);
}

bool foreign_object_check_known(const Call *call, Value state, const char *method, Diags *diags) {
    if (value_is_wholly_known(state))
        return true;
    return diags_fail(diags, NO_RANGE, "Provider produced invalid object",
                      "The response of the provider %s to %s contains unknown values. This is a "
                      "mistake in the provider; please report it to its developers.",
                      call->provider->address, method);
}

bool foreign_object_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    static const ProtocolMethod methods[PROTOCOL_MODES] = {
        [MODE_MANAGED] = PROTOCOL_VALIDATE_RESOURCE,    [MODE_DATA] = PROTOCOL_VALIDATE_DATA,
        [MODE_EPHEMERAL] = PROTOCOL_VALIDATE_EPHEMERAL, [MODE_ACTION] = PROTOCOL_VALIDATE_ACTION,
        [MODE_LIST] = PROTOCOL_VALIDATE_LIST,
    };
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse response;
    sent.config = request->config;
    return foreign_client_call(call, methods[call->type->mode], &sent, &response, NULL, diags);
}
