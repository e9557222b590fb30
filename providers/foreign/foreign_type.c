/* foreign_type: implements the slots of types with calls, and decodes types at their first use. */
#include "foreign_type.h"

#include "json.h"
#include "keeper.h"
#include "log.h"

/* Requests and values. */

/* Decodes the value of a response by the schema of the type. Adds an
 * error if the value is damaged. */
static bool read_value(const Call *call,
                       const ProtocolResponse *response,
                       const char *method,
                       Value *out,
                       Diags *diags) {
    const Schema *schema = call->type.schema;
    Str error = STR("the value is missing");
    Value v;
    if (response->has_state && protocol_message_value(response->state, schema_implied_type(schema),
                                                      &v, &error, call->arena)) {
        *out = schema_fill_blocks(schema, v, call->arena);
        return true;
    }
    diags_error(diags, NO_RANGE, "Provider produced invalid object",
                "The response of the provider %s to %s is no object of the type %s: %.*s. This is "
                "a mistake in the provider; please report it to its developers.",
                call->provider->address, method, call->type.name, STR_ARG(error));
    return false;
}

static ProtocolRequest request_of(const Call *call) {
    const ForeignProvider *foreign = (const ForeignProvider *)call->provider;
    ProtocolRequest request = {.type_name = call->type.name,
                               .type = schema_implied_type(call->type.schema),
                               .allows_deferral = call->allows_deferral,
                               .meta_type = foreign->meta_type};
    if (foreign->meta_type)
        request.meta = value_null(foreign->meta_type);
    return request;
}

/* Returns the reason of a deferred response; DEFERRAL_NONE if it is none. */
static Deferral deferral_of(const ProtocolResponse *response) {
    uint64_t reason = response->deferred_reason;
    if (!response->is_deferred)
        return DEFERRAL_NONE;
    return reason > DEFERRAL_ABSENT_PREREQUISITE - DEFERRAL_UNSPECIFIED
               ? DEFERRAL_UNSPECIFIED
               : (Deferral)(DEFERRAL_UNSPECIFIED + reason);
}

/* Reads the planned object. In a deferred response it may be missing or unknown as a whole: then
 * the proposed object stays. */
static bool read_planned(const Call *call,
                         const PlanRequest *request,
                         const ProtocolResponse *received,
                         PlanResponse *response,
                         Diags *diags) {
    Value planned;
    Diags found = diags_new(call->arena);
    bool is_read = read_value(call, received, "PlanResourceChange", &planned, &found);
    bool has_form = is_read && value_is_known(planned) &&
                    value_is_null(planned) == value_is_null(request->proposed);
    response->deferral = deferral_of(received);
    if (has_form)
        response->planned = planned;
    if (has_form || response->deferral)
        return true;
    diags_append(diags, &found);
    if (is_read)
        diags_error(diags, NO_RANGE, "Provider produced invalid plan",
                    "The provider %s planned %s. This is a mistake in the provider; please report "
                    "it to its developers.",
                    call->provider->address,
                    value_is_null(request->proposed)
                        ? "an object for a deletion"
                        : "no object for a configuration that has one");
    return false;
}

static bool validate_by(ProtocolMethod method,
                        const Call *call,
                        const ValidateRequest *request,
                        Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse response;
    sent.config = request->config;
    return foreign_client_call(call, method, &sent, &response, NULL, diags);
}

/* Managed resources. */

static bool resource_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return validate_by(PROTOCOL_VALIDATE_RESOURCE, call, request, diags);
}

/* Adds the paths in `replaces` whose values differ: providers also list unchanged attributes. */
static void add_changed(const PlanRequest *request,
                        PlanResponse *response,
                        const Paths *replaces,
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

static bool resource_plan(const Call *call,
                          const PlanRequest *request,
                          PlanResponse *response,
                          Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.prior = request->prior;
    sent.proposed = request->proposed;
    sent.config = request->config;
    sent.private_data = request->private_data;
    if (!foreign_client_call(call, PROTOCOL_PLAN_RESOURCE, &sent, &received, NULL, diags) ||
        !read_planned(call, request, &received, response, diags))
        return false;
    response->private_data = received.private_data;
    response->is_legacy = received.is_legacy;
    add_changed(request, response, &received.replaces, call->arena);
    return true;
}

/* The marker of a call is its label for the outcome keeper. */
static bool resource_marker(const Call *call,
                            const MarkerRequest *request,
                            MarkerResponse *response,
                            Diags *diags) {
    (void)request;
    Str problem;
    if (!call->io->keeper ||
        keeper_label(call->io->keeper, &response->marker, &problem, call->arena))
        return true;
    diags_error(diags, NO_RANGE, "Outcome keeper not started",
                "%.*s is unchanged: the process that keeps the outcomes of provider calls, should "
                "loam be killed, cannot be started: %.*s.",
                STR_ARG(call->address), STR_ARG(problem));
    return false;
}

static bool apply(const Call *call,
                  const ApplyRequest *request,
                  ApplyResponse *response,
                  Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    Value state;
    sent.prior = request->prior;
    sent.planned = request->planned;
    sent.config = request->config;
    sent.private_data = request->private_data;
    bool is_ok =
        foreign_client_apply(call, request->marker, &sent, &received, &response->in_doubt, diags);
    response->is_legacy = received.is_legacy;
    if (!is_ok && !received.has_state) {
        response->state = request->prior;
        return false;
    }
    response->private_data = received.private_data;
    if (!read_value(call, &received, "ApplyResourceChange", &state, diags)) {
        response->in_doubt = true; /* there may be an object */
        return false;
    }
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

static bool resource_delete(const Call *call,
                            const DeleteRequest *request,
                            DeleteResponse *response,
                            Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    size_t before = diags->count;
    sent.prior = request->prior;
    sent.planned = value_null(sent.type);
    sent.config = value_null(sent.type);
    sent.private_data = request->private_data;
    bool is_ok =
        foreign_client_apply(call, request->marker, &sent, &received, &response->in_doubt, diags);
    /* Do not point at the configuration: it may not contain the deleted object. */
    diags_set_subject(diags, before, DIAG_RELATION);
    if (is_ok || !received.has_state)
        return is_ok;
    response->private_data = received.private_data;
    (void)read_value(call, &received, "ApplyResourceChange", &response->state, diags);
    return false;
}

static bool check_known(const Call *call, Value state, const char *method, Diags *diags) {
    if (value_is_wholly_known(state))
        return true;
    diags_error(diags, NO_RANGE, "Provider produced invalid object",
                "The response of the provider %s to %s contains unknown values. This is a mistake "
                "in the provider; please report it to its developers.",
                call->provider->address, method);
    return false;
}

static bool resource_read(const Call *call,
                          const ReadRequest *request,
                          ReadResponse *response,
                          Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.prior = request->state;
    sent.private_data = request->private_data;
    if (!foreign_client_call(call, PROTOCOL_READ_RESOURCE, &sent, &received, NULL, diags))
        return false;
    response->deferral = deferral_of(&received);
    if (response->deferral)
        return true;
    if (!read_value(call, &received, "ReadResource", &response->state, diags))
        return false;
    response->private_data = received.private_data;
    return check_known(call, response->state, "ReadResource", diags);
}

static bool resource_import(const Call *call,
                            const ImportRequest *request,
                            ImportResponse *response,
                            Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.id = request->id;
    if (!foreign_client_call(call, PROTOCOL_IMPORT_RESOURCE, &sent, &received, NULL, diags))
        return false;
    response->deferral = deferral_of(&received);
    if (response->deferral) {
        response->state = value_unknown(sent.type);
        return true;
    }
    bool is_type = str_equal_cstr(received.imported_type, call->type.name);
    if (received.imported_count != 1 || !is_type) {
        diags_error(diags, NO_RANGE, "Provider returned invalid import",
                    "The provider %s returned %zu objects for the id \"%.*s\", and loam needs "
                    "exactly one of the type %s.",
                    call->provider->address, received.imported_count, STR_ARG(request->id),
                    call->type.name);
        return false;
    }
    response->private_data = received.private_data;
    return read_value(call, &received, "ImportResourceState", &response->state, diags);
}

/* Returns the JSON text of an object as the state stores it. */
static Str stored_text(const Call *call, Value object) {
    StrBuf text = strbuf_new(call->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_typed(&writer, schema_drop_write_only(call->type.schema, object, call->arena),
                     schema_implied_type(call->type.schema));
    return strbuf_str(&text);
}

static bool resource_upgrade(const Call *call,
                             const UpgradeRequest *request,
                             UpgradeResponse *response,
                             Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    Value upgraded;
    sent.version = request->version;
    sent.stored = request->stored;
    if (!foreign_client_call(call, PROTOCOL_UPGRADE_RESOURCE, &sent, &received, NULL, diags) ||
        !read_value(call, &received, "UpgradeResourceState", &upgraded, diags))
        return false;
    response->upgraded = stored_text(call, upgraded);
    return true;
}

static bool resource_move(const Call *call,
                          const MoveRequest *request,
                          MoveResponse *response,
                          Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    Value moved;
    sent.source_address = request->source_provider;
    sent.source_type = request->source_type;
    sent.version = request->version;
    sent.stored = request->stored;
    sent.private_data = request->private_data;
    if (!foreign_client_call(call, PROTOCOL_MOVE_RESOURCE, &sent, &received, NULL, diags) ||
        !read_value(call, &received, "MoveResourceState", &moved, diags))
        return false;
    if (!value_is_present(moved)) {
        diags_error(diags, NO_RANGE, "Provider returned invalid result",
                    "The provider %s returned no object for the move of %.*s. This is a mistake in "
                    "the provider; please report it to its developers.",
                    call->provider->address, STR_ARG(call->address));
        return false;
    }
    if (!check_known(call, moved, "MoveResourceState", diags))
        return false;
    response->moved = stored_text(call, moved);
    response->private_data = received.private_data;
    return true;
}

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
    diags_error(diags, NO_RANGE, "Unknown whether an object was created",
                "It is not known whether %.*s was created. A run before called the provider %s to "
                "create it, and ended before the response. "
                "The provider cannot be asked for the object, because it chooses the identity "
                "itself.%s%.*s%s\n"
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
                STR_ARG(planned), planned.len ? "." : "", STR_ARG(call->address),
                STR_ARG(call->address), STR_ARG(call->address));
    return false;
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
static bool read_late(
    const Call *call, Str bytes, ProtocolResponse *received, Value *state, Diags *late) {
    *received = (ProtocolResponse){0};
    *state = value_null(schema_implied_type(call->type.schema));
    return protocol_message_response(PROTOCOL_APPLY_RESOURCE, bytes, received, call->arena, late) &&
           (!received->has_state || read_value(call, received, "ApplyResourceChange", state, late));
}

/* Takes the object of the response that arrived after the end of the run before. */
static bool recover_response(const Call *call,
                             const RecoverRequest *request,
                             RecoverResponse *response,
                             Diags *diags) {
    Diags late = diags_new(call->arena);
    ProtocolResponse received;
    Value state;
    bool creates = request->call == RECOVER_CREATE;
    bool is_read = read_late(call, request->response, &received, &state, &late);
    if (!is_read && creates)
        return report_in_doubt(call, request, diags);
    bool is_failed = report_late(call, &late, diags);
    /* A response without an object ends a deletion, unless it only reports errors. */
    bool is_gone = request->call == RECOVER_DELETE && is_read && (received.has_state || !is_failed);
    bool keeps_prior = value_is_null(state) && !creates && !is_gone;
    if (value_is_null(state) && !keeps_prior)
        return true;
    if (keeps_prior)
        state = request->prior;
    bool is_whole = value_is_wholly_known(state);
    response->state = is_whole ? state : value_unknown_as_null(state, call->arena);
    response->private_data = keeps_prior ? request->private_data : received.private_data;
    response->outcome = creates && (is_failed || !is_whole) ? RECOVER_TAINTED : RECOVER_COMPLETE;
    return true;
}

static bool resource_recover(const Call *call,
                             const RecoverRequest *request,
                             RecoverResponse *response,
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

static const ResourceType *make_resource(const char *name,
                                         const Schema *schema,
                                         const ProtocolSchemas *schemas,
                                         Arena *arena) {
    ResourceType *type = arena_new(arena, ResourceType);
    *type = (ResourceType){
        .name = name,
        .schema = *schema,
        .effect = EFFECT_OUTSIDE,
        .recovery = RECOVERY_FINDS,
        .plans_destroy = schemas->plans_destroy,
        .always_upgrades = true,
        .plans_itself = true,
        .plan_stays = true,
        .marks_changes = true,
        .validate = resource_validate,
        .plan = resource_plan,
        .marker = resource_marker,
        .create = apply,
        .update = apply,
        .delete = resource_delete,
        .read = resource_read,
        .import = resource_import,
        .upgrade = resource_upgrade,
        .move = schemas->moves_resources ? resource_move : NULL,
        .recover = resource_recover,
    };
    return type;
}

/* Data sources. */

static bool data_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return validate_by(PROTOCOL_VALIDATE_DATA, call, request, diags);
}

static bool data_read(const Call *call,
                      const DataReadRequest *request,
                      DataReadResponse *response,
                      Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.config = request->config;
    if (!foreign_client_call(call, PROTOCOL_READ_DATA, &sent, &received, NULL, diags))
        return false;
    response->deferral = deferral_of(&received);
    if (response->deferral)
        return true;
    if (!read_value(call, &received, "ReadDataSource", &response->state, diags))
        return false;
    if (value_is_null(response->state)) {
        diags_error(diags, NO_RANGE, "Provider produced null object",
                    "The provider %s returned nothing for the data source %s. This is a mistake "
                    "in the provider; please report it to its developers.",
                    call->provider->address, call->type.name);
        return false;
    }
    return check_known(call, response->state, "ReadDataSource", diags);
}

static const DataSourceType *make_data(const char *name, const Schema *schema, Arena *arena) {
    DataSourceType *type = arena_new(arena, DataSourceType);
    *type = (DataSourceType){
        .name = name, .schema = *schema, .validate = data_validate, .read = data_read};
    return type;
}

/* Ephemeral resources. */

static bool ephemeral_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return validate_by(PROTOCOL_VALIDATE_EPHEMERAL, call, request, diags);
}

/* Converts the wall time of the protocol to monotonic time in milliseconds. */
static int64_t renewal_of(const Call *call, const ProtocolResponse *received) {
    const Clock *clock = call->io->clock;
    if (!received->has_renew_at)
        return 0;
    int64_t left = received->renew_at_ms - clock->now_ms(clock->self);
    return clock->monotonic_ms(clock->self) + (left > 0 ? left : 0);
}

static bool ephemeral_open(const Call *call,
                           const OpenRequest *request,
                           OpenResponse *response,
                           Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.config = request->config;
    if (!foreign_client_call(call, PROTOCOL_OPEN_EPHEMERAL, &sent, &received, NULL, diags))
        return false;
    response->deferral = deferral_of(&received);
    if (response->deferral)
        return true;
    if (!read_value(call, &received, "OpenEphemeralResource", &response->result, diags))
        return false;
    response->private_data = received.private_data;
    response->renew_at_ms = renewal_of(call, &received);
    return true;
}

static bool ephemeral_renew(const Call *call,
                            const RenewRequest *request,
                            RenewResponse *response,
                            Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.private_data = request->private_data;
    if (!foreign_client_call(call, PROTOCOL_RENEW_EPHEMERAL, &sent, &received, NULL, diags))
        return false;
    response->private_data = received.private_data;
    response->renew_at_ms = renewal_of(call, &received);
    return true;
}

static bool ephemeral_close(const Call *call, const CloseRequest *request, Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.private_data = request->private_data;
    return foreign_client_call(call, PROTOCOL_CLOSE_EPHEMERAL, &sent, &received, NULL, diags);
}

static const EphemeralType *make_ephemeral(const char *name, const Schema *schema, Arena *arena) {
    EphemeralType *type = arena_new(arena, EphemeralType);
    *type = (EphemeralType){
        .name = name,
        .schema = *schema,
        .validate = ephemeral_validate,
        .open = ephemeral_open,
        .renew = ephemeral_renew,
        .close = ephemeral_close,
    };
    return type;
}

/* Actions. */

static bool action_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return validate_by(PROTOCOL_VALIDATE_ACTION, call, request, diags);
}

static bool action_plan(const Call *call,
                        const ActionRequest *request,
                        ActionResponse *response,
                        Diags *diags) {
    ProtocolRequest sent = request_of(call);
    ProtocolResponse received;
    sent.config = request->config;
    if (!foreign_client_call(call, PROTOCOL_PLAN_ACTION, &sent, &received, NULL, diags))
        return false;
    if (received.is_deferred)
        response->deferred = STR("the provider defers it");
    return true;
}

static bool action_invoke(const Call *call, const ActionRequest *request, Diags *diags) {
    ProtocolRequest sent = request_of(call);
    sent.config = request->config;
    return foreign_client_invoke(call, &sent, diags);
}

static const ActionType *make_action(const char *name, const Schema *schema, Arena *arena) {
    ActionType *type = arena_new(arena, ActionType);
    *type = (ActionType){
        .name = name,
        .schema = *schema,
        .validate = action_validate,
        .plan = action_plan,
        .invoke = action_invoke,
    };
    return type;
}

/* Lookup. */

/* Returns the decoded schema of a type; an empty schema if the encoding is damaged. */
static const Schema *decode_type(ForeignProvider *foreign, const Str *encoded, Str name) {
    Schema *schema = arena_new(foreign->arena, Schema);
    Str error = STR_EMPTY;
    if (!protocol_schema_decode(*encoded, schema, &error, foreign->arena))
        log_event(LOG_ERROR, "schema of a provider", log_text("type", name),
                  log_text("problem", error));
    return schema;
}

static const void *make_type(ForeignProvider *foreign,
                             ResourceMode mode,
                             const Str *encoded,
                             Str name) {
    const char *text = str_to_cstr(name, foreign->arena);
    const Schema *schema = decode_type(foreign, encoded, name);
    switch (mode) {
    case MODE_MANAGED: return make_resource(text, schema, &foreign->schemas, foreign->arena);
    case MODE_DATA: return make_data(text, schema, foreign->arena);
    case MODE_EPHEMERAL: return make_ephemeral(text, schema, foreign->arena);
    case MODE_ACTION: return make_action(text, schema, foreign->arena);
    }
    return NULL;
}

/* The types of one mode. */
typedef struct TypeMaps {
    const Map *encoded;
    Map *decoded;
} TypeMaps;

static TypeMaps maps_of(ForeignProvider *foreign, ResourceMode mode) {
    ProtocolSchemas *schemas = &foreign->schemas;
    switch (mode) {
    case MODE_MANAGED: return (TypeMaps){&schemas->resources, &foreign->resources};
    case MODE_DATA: return (TypeMaps){&schemas->data_sources, &foreign->data_sources};
    case MODE_EPHEMERAL: return (TypeMaps){&schemas->ephemerals, &foreign->ephemerals};
    case MODE_ACTION: return (TypeMaps){&schemas->actions, &foreign->actions};
    }
    return (TypeMaps){0};
}

static ObjectType object_type_of(ResourceMode mode, const void *type) {
    const ResourceType *resource = type;
    const DataSourceType *data = type;
    const EphemeralType *ephemeral = type;
    const ActionType *action = type;
    switch (mode) {
    case MODE_MANAGED:
        return (ObjectType){
            .name = resource->name, .schema = &resource->schema, .resource = resource};
    case MODE_DATA:
        return (ObjectType){.name = data->name, .schema = &data->schema, .data_source = data};
    case MODE_EPHEMERAL:
        return (ObjectType){
            .name = ephemeral->name, .schema = &ephemeral->schema, .ephemeral = ephemeral};
    case MODE_ACTION:
        return (ObjectType){.name = action->name, .schema = &action->schema, .action = action};
    }
    return (ObjectType){0};
}

bool foreign_type_find(const Provider *provider, ResourceMode mode, Str name, ObjectType *out) {
    ForeignProvider *foreign = (ForeignProvider *)provider;
    TypeMaps maps = maps_of(foreign, mode);
    pthread_mutex_lock(&foreign->lock);
    const void *type = map_find(maps.decoded, name);
    const Str *bytes = type ? NULL : map_find(maps.encoded, name);
    if (bytes) {
        type = make_type(foreign, mode, bytes, name);
        map_put(foreign->arena, maps.decoded, str_clone(name, foreign->arena), (void *)type);
    }
    pthread_mutex_unlock(&foreign->lock);
    if (type)
        *out = object_type_of(mode, type);
    return type != NULL;
}
