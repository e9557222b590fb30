/* served_call: decodes objects of a request, and makes the call of the provider's slot. */
#include "served_call.h"

#include "protocol_message.h"
#include "random.h"
#include "thread.h"

static void served_call_collect_texts(Value v, StrVec *out, Arena *arena) {
    if (!value_is_present(v))
        return;
    if (v.type->kind == KIND_STRING) {
        if (v.count > 0)
            vec_push(arena, out, value_text(v));
        return;
    }
    if (type_is_primitive(v.type))
        return;
    for (size_t i = 0; i < v.count; i++)
        served_call_collect_texts(value_at(v, i), out, arena);
}

static void served_call_collect_secrets(const Schema *schema, Value object, StrVec *out,
                                        Arena *arena) {
    Paths paths = {0};
    Value found;
    if (!value_is_present(object))
        return;
    schema_sensitive_paths(schema, object, &paths, arena);
    vec_each(&paths, path) {
        if (path_get(object, *path, &found))
            served_call_collect_texts(found, out, arena);
    }
}

/* Returns why a value is not what the call needs; NULL if it is. */
static const char *unfit(Value v, unsigned need) {
    if (!value_is_known(v))
        return "it is unknown as a whole";
    if ((need & SERVED_PRESENT) && value_is_null(v))
        return "it is null";
    return (need & SERVED_KNOWN) && !value_is_wholly_known(v) ? "it contains unknown values" : NULL;
}

bool served_call_decode(ServedCall *served, const Schema *schema, Str encoded, const char *name,
                        unsigned need, Value *out) {
    Str error;
    if (protocol_message_value(encoded, schema_implied_type(schema), out, &error, served->arena)) {
        const char *problem = unfit(*out, need);
        if (!problem) {
            *out = schema_fill_blocks(schema, *out, served->arena);
            served_call_collect_secrets(schema, *out, &served->secrets, served->arena);
            return true;
        }
        error = str_from_cstr(problem);
    }
    return diags_fail(&served->diags, NO_RANGE, "Invalid request",
                      "The object \"%s\" of the request does not match the schema%s%s: %.*s.", name,
                      served->type ? " of " : "", served->type ? served->type->name : "",
                      STR_ARG(error));
}

bool served_call_object(ServedCall *served, Str encoded, const char *name, unsigned need,
                        Value *out) {
    return served_call_decode(served, &served->type->schema, encoded, name, need, out);
}

void served_call_respond(ServedCall *served, Value object) {
    const Schema *schema = &served->type->schema;
    served->response.type = schema_implied_type(schema);
    served->response.has_state = true;
    served->response.state = schema_fill_blocks(
        schema, schema_drop_write_only(schema, object, served->arena), served->arena);
}

Call served_call_slot(ServedCall *call) {
    ServedProvider *served = call->served;
    Call slot = {
        .provider = served->provider,
        .type = call->type,
        .io = served->io,
        .cancel = served->cancel,
        .arena = call->arena,
        .address = str_from_cstr(call->type ? call->type->name : served->provider->name),
        .lineage = STR_EMPTY,
        .stores_plain_state = true,
        .secrets = &call->secrets,
        .provider_secrets = &served->secrets,
    };
    random_fill(&slot.generation, sizeof slot.generation);
    LOCKED(&served->lock);
    slot.client = served->client;
    return slot;
}

bool served_call_is_deferred(const ServedCall *call) {
    ServedProvider *served = call->served;
    LOCKED(&served->lock);
    return served->is_deferred;
}

bool served_call_require(ServedCall *call) {
    ServedProvider *served = call->served;
    size_t before = call->diags.error_count;
    LOCKED(&served->lock);
    if (served->fails_at_use)
        diags_append(&call->diags, &served->failure);
    else if (!served->is_configured)
        diags_error(&call->diags, NO_RANGE, "Provider not configured",
                    "ConfigureProvider must be called first.");
    return call->diags.error_count == before;
}
