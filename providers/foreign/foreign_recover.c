/* foreign_recover: takes the object of a late response; without one, asks the user. */
#include "foreign_object.h"
#include "foreign_type.h"
#include "json.h"

/* Returns the planned values that a person needs to find the object: "name = \"web\", size = 3". */
static Str planned_text(Value planned, Arena *arena) {
    enum { SHOWN = 5 };
    StrBuf text = strbuf_new(arena);
    size_t shown = 0;
    for (size_t i = 0; value_is_present(planned) && i < planned.count && shown < SHOWN; i++) {
        Value one = value_at(planned, i);
        bool is_plain =
            value_is_present(one) && (one.type->kind == KIND_STRING ||
                                      one.type->kind == KIND_NUMBER || one.type->kind == KIND_BOOL);
        if (!is_plain)
            continue;
        Str key = value_key_at(planned, i);
        strbuf_add_format(&text, "%s%.*s = %.*s", shown++ ? ", " : "", STR_ARG(key),
                          STR_ARG(json_text(one, arena)));
    }
    return strbuf_str(&text);
}

/* The protocol has no call that finds an object by its plan. */
static bool report_in_doubt(const Call *call, const RecoverRequest *request, Diags *diags) {
    Str planned = planned_text(request->planned, call->arena);
    return diags_fail(
        diags, NO_RANGE, "Unknown whether an object was created",
        "It is not known whether %.*s was created. A run before called the provider %s to create "
        "it, and ended before the response. The provider cannot be asked for the object, because "
        "it chooses the identity itself.%s%.*s%s\n"
        "\n"
        "Look for the object, then choose one:\n"
        "\n"
        "  loam state rm %.*s\n"
        "      It does not exist, or you have deleted it. The next plan creates it.\n"
        "  loam import %.*s ID\n"
        "      It exists. The import adopts it.\n"
        "\n"
        "Until then, loam plans nothing for %.*s and for the objects that depend on it.",
        STR_ARG(call->address), call->provider->address, planned.len ? "\n\nPlanned: " : "",
        STR_ARG(planned), planned.len ? "." : "", STR_ARG(call->address), STR_ARG(call->address),
        STR_ARG(call->address));
}

/* Reports the diagnostics of a response that a later run reads: they concern a call of the run
 * before, so none is an error now. Returns whether the call reported errors. */
static bool report_late(const Call *call, const Diags *late, Diags *diags) {
    for (size_t i = 0; i < late->count; i++) {
        const Diag *diag = &late->items[i];
        diags_warning(diags, NO_RANGE, "Result of an interrupted call",
                      "The run before was killed while the provider %s changed %.*s. The provider "
                      "reported: %.*s%s%.*s",
                      call->provider->address, STR_ARG(call->address), STR_ARG(diag->summary),
                      diag->detail.len ? ": " : ".", STR_ARG(diag->detail));
    }
    return late->error_count > 0;
}

/* Decodes a late response. Returns false after adding an error if it is damaged. `state` is null if
 * it holds no object. */
static bool recover_read_late(ForeignCall *late, Str bytes, Value *state) {
    const Call *call = late->call;
    *state = value_null(schema_implied_type(&call->type->schema));
    return protocol_message_response(late->method, bytes, &late->received, call->arena,
                                     late->diags) &&
           (!late->received.has_state || foreign_object_read(late, state));
}

/* Takes the object of the response that arrived after the end of the run before. */
static bool recover_response(const Call *call, const RecoverRequest *request,
                             RecoverResponse *response, Diags *diags) {
    Diags found = diags_new(call->arena);
    ForeignCall late = {.call = call, .method = PROTOCOL_APPLY_RESOURCE, .diags = &found};
    Value state;
    bool creates = request->call == RECOVER_CREATE;
    bool is_read = recover_read_late(&late, request->response, &state);
    if (!is_read && creates)
        return report_in_doubt(call, request, diags);
    bool is_failed = report_late(call, &found, diags);
    /* A response without an object ends a deletion, unless it only reports errors. */
    bool is_gone =
        request->call == RECOVER_DELETE && is_read && (late.received.has_state || !is_failed);
    bool keeps_prior = value_is_null(state) && !creates && !is_gone;
    if (value_is_null(state) && !keeps_prior)
        return true;
    if (keeps_prior)
        state = request->prior;
    if (keeps_prior)
        response->identity = request->prior_identity;
    else if (!foreign_object_read_known_identity(&late, &response->identity))
        response->identity = (Value){0}; /* the next read returns it again */
    bool is_whole = value_is_wholly_known(state);
    response->state = is_whole ? state : value_unknown_as_null(state, call->arena);
    response->private_data = keeps_prior ? request->private_data : late.received.private_data;
    response->outcome = creates && (is_failed || !is_whole) ? RECOVER_TAINTED : RECOVER_COMPLETE;
    return true;
}

bool foreign_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                     Diags *diags) {
    switch (request->response_kind) {
    case RECOVER_NO_RESPONSE: return report_in_doubt(call, request, diags);
    case RECOVER_UNSENT: return true;
    case RECOVER_REJECTED:
        diags_warning(diags, NO_RANGE, "Result of an interrupted call",
                      "The run before was killed while the provider %s created %.*s. The call "
                      "failed: %.*s.",
                      call->provider->address, STR_ARG(call->address), STR_ARG(request->response));
        return true;
    case RECOVER_RESPONDED: return recover_response(call, request, response, diags);
    }
    return true;
}
