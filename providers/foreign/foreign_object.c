/* foreign_object: decodes objects and identities, and begins calls. */
#include "foreign_object.h"

static const char *foreign_object_method(const ForeignCall *made) {
    return protocol_method_fields(made->method)->name;
}

bool foreign_object_read(const ForeignCall *made, Value *out) {
    const Call *call = made->call;
    const Schema *schema = &call->type->schema;
    Str error = STR("the value is missing");
    Value v;
    if (made->received.has_state &&
        protocol_message_value(made->received.state, schema_implied_type(schema), &v, &error,
                               call->arena)) {
        *out = schema_fill_blocks(schema, v, call->arena);
        return true;
    }
    return diags_fail(made->diags, NO_RANGE, "Provider produced invalid object",
                      "The response of the provider %s to %s is no object of the type %s: %.*s. "
                      "This is a mistake in the provider; please report it to its developers.",
                      call->provider->address, foreign_object_method(made), call->type->name,
                      STR_ARG(error));
}

bool foreign_object_read_identity(const ForeignCall *made, Value *out) {
    const Call *call = made->call;
    const Schema *schema = resource_type_of(call->type)->identity;
    Str error = STR("the type has no identity");
    *out = (Value){0};
    if (!made->received.has_identity)
        return true;
    if (schema && protocol_message_value(made->received.identity, schema_implied_type(schema), out,
                                         &error, call->arena))
        return true;
    return diags_fail(
        made->diags, NO_RANGE, "Provider produced invalid identity",
        "The response of the provider %s to %s has no valid identity of the type %s: %.*s. This is "
        "a mistake in the provider; please report it to its developers.",
        call->provider->address, foreign_object_method(made), call->type->name, STR_ARG(error));
}

static bool check_known_identity(const ForeignCall *made, Value identity) {
    if (value_is_wholly_known(identity))
        return true;
    return diags_fail(
        made->diags, NO_RANGE, "Provider produced invalid identity",
        "The response of the provider %s to %s contains an identity with unknown values. This is a "
        "mistake in the provider; please report it to its developers.",
        made->call->provider->address, foreign_object_method(made));
}

bool foreign_object_read_known_identity(const ForeignCall *made, Value *out) {
    if (foreign_object_read_identity(made, out) && check_known_identity(made, *out))
        return true;
    *out = (Value){0};
    return false;
}

ForeignCall foreign_object_call(const Call *call, ProtocolMethod method, Diags *diags) {
    const ForeignProvider *foreign = (const ForeignProvider *)call->provider;
    const ResourceType *type = resource_type_of(call->type);
    ForeignCall made = {
        .call = call,
        .method = method,
        .diags = diags,
        .sent = {.type_name = call->type->name,
                 .type = schema_implied_type(&call->type->schema),
                 .allows_deferral = call->allows_deferral,
                 .meta_type = foreign->meta_type},
    };
    if (type && type->identity)
        made.sent.identity_type = schema_implied_type(type->identity);
    if (foreign->meta_type)
        made.sent.meta = value_null(foreign->meta_type);
    return made;
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

bool foreign_object_check_known(const ForeignCall *made, Value state) {
    if (value_is_wholly_known(state))
        return true;
    return diags_fail(made->diags, NO_RANGE, "Provider produced invalid object",
                      "The response of the provider %s to %s contains unknown values. This is a "
                      "mistake in the provider; please report it to its developers.",
                      made->call->provider->address, foreign_object_method(made));
}
