/* foreign_resource: the slots of a managed type, as calls of the protocol. */
#include "foreign_object.h"
#include "foreign_type.h"
#include "json.h"
#include "keeper.h"
#include "log.h"

/* Reads the planned object. In a deferred response it may be missing or unknown as a whole: then
 * the proposed object stays. */
static bool resource_read_planned(const ForeignCall *made, const PlanRequest *request,
                                  PlanResponse *response) {
    Value planned;
    Diags found = diags_new(made->call->arena);
    ForeignCall read = *made;
    read.diags = &found;
    bool is_read = foreign_object_read(&read, &planned);
    bool has_form = is_read && value_is_known(planned) &&
                    value_is_null(planned) == value_is_null(request->proposed);
    response->deferral = foreign_object_deferral(&made->received);
    if (has_form)
        response->planned = planned;
    if (has_form || response->deferral)
        return true;
    diags_append(made->diags, &found);
    if (is_read)
        diags_error(made->diags, NO_RANGE, "Provider produced invalid plan",
                    "The provider %s planned %s. This is a mistake in the provider; please "
                    "report it to its developers.",
                    made->call->provider->address,
                    value_is_null(request->proposed)
                        ? "an object for a deletion"
                        : "no object for a configuration that has one");
    return false;
}

/* Adds the paths in `replaces` whose values differ: providers also list unchanged attributes. */
static void add_changed(const PlanRequest *request, PlanResponse *response, const Paths *replaces,
                        Arena *arena) {
    if (!value_is_present(request->prior))
        return;
    vec_each(replaces, path) {
        Value before, after;
        bool has_before = path_get(request->prior, *path, &before);
        bool has_after = path_get(response->planned, *path, &after);
        bool is_same = has_before && has_after && value_equal(before, after);
        if ((has_before || has_after) && !is_same)
            vec_push(arena, &response->requires_replace, *path);
    }
}

static bool resource_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_PLAN_RESOURCE, diags);
    made.sent.prior = request->prior;
    made.sent.proposed = request->proposed;
    made.sent.config = request->config;
    made.sent.private_data = request->private_data;
    made.sent.identity = request->identity;
    if (!foreign_client_call(&made) || !resource_read_planned(&made, request, response) ||
        !foreign_object_read_identity(&made, &response->identity))
        return false;
    response->private_data = made.received.private_data;
    response->is_legacy = made.received.is_legacy;
    add_changed(request, response, &made.received.replaces, call->arena);
    return true;
}

/* The marker of a call is its label for the outcome keeper. */
static bool resource_marker(const Call *call, const MarkerRequest *, MarkerResponse *response,
                            Diags *diags) {
    Str problem;
    if (!call->io->keeper ||
        keeper_label(call->io->keeper, &response->marker, &problem, call->arena))
        return true;
    return diags_fail(diags, NO_RANGE, "Outcome keeper not started",
                      "%.*s is unchanged: the process that keeps the outcomes of provider calls, "
                      "should loam be killed, cannot be started: %.*s.",
                      STR_ARG(call->address), STR_ARG(problem));
}

static bool resource_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_APPLY_RESOURCE, diags);
    Value state;
    made.sent.prior = request->prior;
    made.sent.planned = request->planned;
    made.sent.config = request->config;
    made.sent.private_data = request->private_data;
    made.sent.identity = request->identity;
    made.label = request->marker;
    bool is_ok = foreign_client_call(&made);
    response->in_doubt = made.is_lost;
    response->is_legacy = made.received.is_legacy;
    if (!is_ok && !made.received.has_state) {
        response->state = request->prior;
        return false;
    }
    response->private_data = made.received.private_data;
    if (!foreign_object_read(&made, &state)) {
        response->in_doubt = true; /* there may be an object */
        return false;
    }
    /* The object is recorded even if its identity is damaged. */
    is_ok &= foreign_object_read_known_identity(&made, &response->identity);
    if (is_ok && value_is_null(state)) {
        diags_error(diags, NO_RANGE, "Provider produced invalid object",
                    "The provider %s reported no error and returned no object. This is a mistake "
                    "in the provider; please report it to its developers.",
                    call->provider->address);
        is_ok = false;
    }
    /* After a failed update without a new object, the state keeps the prior object. */
    response->state = value_is_null(state) ? request->prior : state;
    return is_ok;
}

static bool resource_delete(const Call *call, const DeleteRequest *request,
                            DeleteResponse *response, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_APPLY_RESOURCE, diags);
    size_t before = diags->count;
    made.sent.prior = request->prior;
    made.sent.planned = value_null(made.sent.type);
    made.sent.config = value_null(made.sent.type);
    made.sent.private_data = request->private_data;
    made.sent.identity = request->identity;
    made.label = request->marker;
    bool is_ok = foreign_client_call(&made);
    response->in_doubt = made.is_lost;
    /* Do not point at the configuration: it may not contain the deleted object. */
    diags_set_subject(diags, before, DIAG_RELATION);
    if (is_ok || !made.received.has_state)
        return is_ok;
    response->private_data = made.received.private_data;
    (void)!foreign_object_read(&made, &response->state);
    (void)!foreign_object_read_known_identity(&made, &response->identity);
    return false;
}

static bool resource_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_READ_RESOURCE, diags);
    made.sent.prior = request->state;
    made.sent.private_data = request->private_data;
    made.sent.identity = request->identity;
    if (!foreign_client_call(&made))
        return false;
    response->deferral = foreign_object_deferral(&made.received);
    if (response->deferral)
        return true;
    if (!foreign_object_read(&made, &response->state))
        return false;
    response->private_data = made.received.private_data;
    return foreign_object_read_known_identity(&made, &response->identity) &&
           foreign_object_check_known(&made, response->state);
}

static bool resource_import(const Call *call, const ImportRequest *request,
                            ImportResponse *response, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_IMPORT_RESOURCE, diags);
    made.sent.id = request->id;
    made.sent.identity = request->identity;
    if (!foreign_client_call(&made))
        return false;
    response->deferral = foreign_object_deferral(&made.received);
    if (response->deferral) {
        response->state = value_unknown(made.sent.type);
        return true;
    }
    bool is_type = str_equal_cstr(made.received.imported_type, call->type->name);
    if (made.received.imported_count != 1 || !is_type)
        return diags_fail(diags, NO_RANGE, "Provider returned invalid import",
                          "The provider %s returned %zu objects for the %s, and loam needs exactly "
                          "one of the type %s.",
                          call->provider->address, made.received.imported_count,
                          request->id.len ? str_to_cstr(str_format(call->arena, "id \"%.*s\"",
                                                                   STR_ARG(request->id)),
                                                        call->arena)
                                          : "identity",
                          call->type->name);
    response->private_data = made.received.private_data;
    if (!foreign_object_read(&made, &response->state) ||
        !foreign_object_read_known_identity(&made, &response->identity))
        return false;
    if (request->id.len || value_is_present(response->identity))
        return true;
    return diags_fail(diags, NO_RANGE, "Provider returned invalid import",
                      "The provider %s imported %.*s by its identity and returned no identity. "
                      "This is a mistake in the provider; please report it to its developers.",
                      call->provider->address, STR_ARG(call->address));
}

/* Returns the JSON text of an object as the state stores it. */
static Str stored_text(const Call *call, Value object) {
    return json_typed_text(schema_drop_write_only(&call->type->schema, object, call->arena),
                           schema_implied_type(&call->type->schema), call->arena);
}

static bool resource_upgrade(const Call *call, const UpgradeRequest *request,
                             UpgradeResponse *response, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_UPGRADE_RESOURCE, diags);
    Value upgraded;
    made.sent.version = request->version;
    made.sent.stored = request->stored;
    if (!foreign_client_call(&made) || !foreign_object_read(&made, &upgraded))
        return false;
    response->upgraded = stored_text(call, upgraded);
    return true;
}

static bool resource_upgrade_identity(const Call *call, const UpgradeIdentityRequest *request,
                                      UpgradeIdentityResponse *response, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_UPGRADE_IDENTITY, diags);
    made.sent.version = request->version;
    made.sent.stored = request->stored;
    return foreign_client_call(&made) &&
           foreign_object_read_known_identity(&made, &response->identity);
}

static bool resource_move(const Call *call, const MoveRequest *request, MoveResponse *response,
                          Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_MOVE_RESOURCE, diags);
    Value moved;
    made.sent.source_address = request->source_provider;
    made.sent.source_type = request->source_type;
    made.sent.version = request->version;
    made.sent.stored = request->stored;
    made.sent.private_data = request->private_data;
    made.sent.stored_identity = request->stored_identity;
    made.sent.identity_version = request->identity_version;
    if (!foreign_client_call(&made) || !foreign_object_read(&made, &moved))
        return false;
    if (!value_is_present(moved))
        return diags_fail(diags, NO_RANGE, "Provider returned invalid result",
                          "The provider %s returned no object for the move of %.*s. This is a "
                          "mistake in the provider; please report it to its developers.",
                          call->provider->address, STR_ARG(call->address));
    if (!foreign_object_check_known(&made, moved) ||
        !foreign_object_read_known_identity(&made, &response->identity))
        return false;
    response->moved = stored_text(call, moved);
    response->private_data = made.received.private_data;
    return true;
}

static bool resource_generate_config(const Call *call, const GenerateConfigRequest *request,
                                     GenerateConfigResponse *response, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_GENERATE_CONFIG, diags);
    made.sent.prior = request->state;
    return foreign_client_call(&made) && foreign_object_read(&made, &response->config) &&
           foreign_object_check_known(&made, response->config);
}

/* Returns NULL if objects of the type have no identity, or a damaged schema of it. */
static const Schema *decode_identity(const ProtocolSchemas *schemas, Str type, Arena *arena) {
    const Str *encoded = map_find(&schemas->identities, type);
    Schema *schema = arena_new(arena, Schema);
    Str error = STR_EMPTY;
    if (!encoded)
        return NULL;
    if (protocol_schema_decode_identity(*encoded, schema, &error, arena))
        return schema;
    log_event(LOG_ERROR, "identity schema of a provider", log_text("type", type),
              log_text("problem", error));
    return NULL;
}

/* Recovery. */

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
        diags_as(DIAG_IN_DOUBT, diags), NO_RANGE, "Unknown whether an object was created",
        "It is not known whether %.*s was created. A run before called the provider %s to create "
        "it, and ended before the response. The provider cannot be asked for the object, because "
        "it chooses the identity itself.%s%.*s%s\n"
        "\n"
        "Look for the object, then choose one:\n"
        "\n"
        "  loam state rm %.*s\n"
        "      It does not exist, or you have deleted it. The next plan creates it.\n"
        "  loam state rm %.*s && loam import %.*s ID\n"
        "      It exists. The import adopts it.\n"
        "\n"
        "Until then, loam plans nothing for %.*s and for the objects that depend on it.",
        STR_ARG(call->address), call->provider->address, planned.len ? "\n\nPlanned: " : "",
        STR_ARG(planned), planned.len ? "." : "", STR_ARG(call->address), STR_ARG(call->address),
        STR_ARG(call->address), STR_ARG(call->address));
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

/* Finds the object of an interrupted call.
 *
 * The protocol has no call for that. The outcome keeper may have kept the response to the call; if
 * not, it is unknown whether an object was created, and the user must decide. */
static bool foreign_recover(const Call *call, const RecoverRequest *request,
                            RecoverResponse *response, Diags *diags) {
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

ObjectType *foreign_resource_new(Str name, const ProtocolSchemas *schemas, Arena *arena) {
    ResourceType *type = arena_new(arena, ResourceType);
    *type = (ResourceType){
        .identity = decode_identity(schemas, name, arena),
        .effect = EFFECT_OUTSIDE,
        .recovery = RECOVERY_FINDS,
        .plans_destroy = schemas->plans_destroy,
        .always_upgrades = true,
        .plans_itself = true,
        .plan_stays = true,
        .marks_changes = true,
        .plan = resource_plan,
        .marker = resource_marker,
        .create = resource_apply,
        .update = resource_apply,
        .delete = resource_delete,
        .read = resource_read,
        .import = resource_import,
        .upgrade = resource_upgrade,
        .upgrade_identity = resource_upgrade_identity,
        .move = schemas->moves_resources ? resource_move : NULL,
        .generate_config = schemas->generates_config ? resource_generate_config : NULL,
        .recover = foreign_recover,
    };
    return &type->type;
}
