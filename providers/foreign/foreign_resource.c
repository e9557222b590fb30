/* foreign_resource: the slots of a managed type, as calls of the protocol. */
#include "foreign_resource.h"

#include "foreign_object.h"
#include "foreign_recover.h"
#include "json.h"
#include "keeper.h"
#include "log.h"

/* Reads the planned object. In a deferred response it may be missing or unknown as a whole: then
 * the proposed object stays. */
static bool resource_read_planned(const Call *call, const PlanRequest *request,
                                  const ProtocolResponse *received, PlanResponse *response,
                                  Diags *diags) {
    Value planned;
    Diags found = diags_new(call->arena);
    bool is_read = foreign_object_read(call, received, "PlanResourceChange", &planned, &found);
    bool has_form = is_read && value_is_known(planned) &&
                    value_is_null(planned) == value_is_null(request->proposed);
    response->deferral = foreign_object_deferral(received);
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
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.prior = request->prior;
    sent.proposed = request->proposed;
    sent.config = request->config;
    sent.private_data = request->private_data;
    sent.identity = request->identity;
    if (!foreign_client_call(call, PROTOCOL_PLAN_RESOURCE, &sent, &received, NULL, diags) ||
        !resource_read_planned(call, request, &received, response, diags) ||
        !foreign_object_read_identity(call, &received, "PlanResourceChange", &response->identity,
                                      diags))
        return false;
    response->private_data = received.private_data;
    response->is_legacy = received.is_legacy;
    add_changed(request, response, &received.replaces, call->arena);
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
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    Value state;
    sent.prior = request->prior;
    sent.planned = request->planned;
    sent.config = request->config;
    sent.private_data = request->private_data;
    sent.identity = request->identity;
    bool is_ok =
        foreign_client_apply(call, request->marker, &sent, &received, &response->in_doubt, diags);
    response->is_legacy = received.is_legacy;
    if (!is_ok && !received.has_state) {
        response->state = request->prior;
        return false;
    }
    response->private_data = received.private_data;
    if (!foreign_object_read(call, &received, "ApplyResourceChange", &state, diags)) {
        response->in_doubt = true; /* there may be an object */
        return false;
    }
    /* The object is recorded even if its identity is damaged. */
    is_ok &= foreign_object_read_known_identity(call, &received, "ApplyResourceChange",
                                                &response->identity, diags);
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
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    size_t before = diags->count;
    sent.prior = request->prior;
    sent.planned = value_null(sent.type);
    sent.config = value_null(sent.type);
    sent.private_data = request->private_data;
    sent.identity = request->identity;
    bool is_ok =
        foreign_client_apply(call, request->marker, &sent, &received, &response->in_doubt, diags);
    /* Do not point at the configuration: it may not contain the deleted object. */
    diags_set_subject(diags, before, DIAG_RELATION);
    if (is_ok || !received.has_state)
        return is_ok;
    response->private_data = received.private_data;
    (void)!foreign_object_read(call, &received, "ApplyResourceChange", &response->state, diags);
    (void)!foreign_object_read_known_identity(call, &received, "ApplyResourceChange",
                                              &response->identity, diags);
    return false;
}

static bool resource_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.prior = request->state;
    sent.private_data = request->private_data;
    sent.identity = request->identity;
    if (!foreign_client_call(call, PROTOCOL_READ_RESOURCE, &sent, &received, NULL, diags))
        return false;
    response->deferral = foreign_object_deferral(&received);
    if (response->deferral)
        return true;
    if (!foreign_object_read(call, &received, "ReadResource", &response->state, diags))
        return false;
    response->private_data = received.private_data;
    return foreign_object_read_known_identity(call, &received, "ReadResource", &response->identity,
                                              diags) &&
           foreign_object_check_known(call, response->state, "ReadResource", diags);
}

static bool resource_import(const Call *call, const ImportRequest *request,
                            ImportResponse *response, Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.id = request->id;
    sent.identity = request->identity;
    if (!foreign_client_call(call, PROTOCOL_IMPORT_RESOURCE, &sent, &received, NULL, diags))
        return false;
    response->deferral = foreign_object_deferral(&received);
    if (response->deferral) {
        response->state = value_unknown(sent.type);
        return true;
    }
    bool is_type = str_equal_cstr(received.imported_type, call->type->name);
    if (received.imported_count != 1 || !is_type)
        return diags_fail(diags, NO_RANGE, "Provider returned invalid import",
                          "The provider %s returned %zu objects for the %s, and loam needs exactly "
                          "one of the type %s.",
                          call->provider->address, received.imported_count,
                          request->id.len ? str_to_cstr(str_format(call->arena, "id \"%.*s\"",
                                                                   STR_ARG(request->id)),
                                                        call->arena)
                                          : "identity",
                          call->type->name);
    response->private_data = received.private_data;
    if (!foreign_object_read(call, &received, "ImportResourceState", &response->state, diags) ||
        !foreign_object_read_known_identity(call, &received, "ImportResourceState",
                                            &response->identity, diags))
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
    StrBuf text = strbuf_new(call->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_typed(&writer, schema_drop_write_only(&call->type->schema, object, call->arena),
                     schema_implied_type(&call->type->schema));
    return strbuf_str(&text);
}

static bool resource_upgrade(const Call *call, const UpgradeRequest *request,
                             UpgradeResponse *response, Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    Value upgraded;
    sent.version = request->version;
    sent.stored = request->stored;
    if (!foreign_client_call(call, PROTOCOL_UPGRADE_RESOURCE, &sent, &received, NULL, diags) ||
        !foreign_object_read(call, &received, "UpgradeResourceState", &upgraded, diags))
        return false;
    response->upgraded = stored_text(call, upgraded);
    return true;
}

static bool resource_upgrade_identity(const Call *call, const UpgradeIdentityRequest *request,
                                      UpgradeIdentityResponse *response, Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.version = request->version;
    sent.stored = request->stored;
    return foreign_client_call(call, PROTOCOL_UPGRADE_IDENTITY, &sent, &received, NULL, diags) &&
           foreign_object_read_known_identity(call, &received, "UpgradeResourceIdentity",
                                              &response->identity, diags);
}

static bool resource_move(const Call *call, const MoveRequest *request, MoveResponse *response,
                          Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    Value moved;
    sent.source_address = request->source_provider;
    sent.source_type = request->source_type;
    sent.version = request->version;
    sent.stored = request->stored;
    sent.private_data = request->private_data;
    sent.stored_identity = request->stored_identity;
    sent.identity_version = request->identity_version;
    if (!foreign_client_call(call, PROTOCOL_MOVE_RESOURCE, &sent, &received, NULL, diags) ||
        !foreign_object_read(call, &received, "MoveResourceState", &moved, diags))
        return false;
    if (!value_is_present(moved))
        return diags_fail(diags, NO_RANGE, "Provider returned invalid result",
                          "The provider %s returned no object for the move of %.*s. This is a "
                          "mistake in the provider; please report it to its developers.",
                          call->provider->address, STR_ARG(call->address));
    if (!foreign_object_check_known(call, moved, "MoveResourceState", diags) ||
        !foreign_object_read_known_identity(call, &received, "MoveResourceState",
                                            &response->identity, diags))
        return false;
    response->moved = stored_text(call, moved);
    response->private_data = received.private_data;
    return true;
}

static bool resource_generate_config(const Call *call, const GenerateConfigRequest *request,
                                     GenerateConfigResponse *response, Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.prior = request->state;
    return foreign_client_call(call, PROTOCOL_GENERATE_CONFIG, &sent, &received, NULL, diags) &&
           foreign_object_read(call, &received, "GenerateResourceConfig", &response->config,
                               diags) &&
           foreign_object_check_known(call, response->config, "GenerateResourceConfig", diags);
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

const ObjectType *foreign_resource_new(const char *name, const Schema *schema,
                                       const ProtocolSchemas *schemas, Arena *arena) {
    ResourceType *type = arena_new(arena, ResourceType);
    *type = (ResourceType){
        .name = name,
        .schema = *schema,
        .identity = decode_identity(schemas, str_from_cstr(name), arena),
        .effect = EFFECT_OUTSIDE,
        .recovery = RECOVERY_FINDS,
        .plans_destroy = schemas->plans_destroy,
        .always_upgrades = true,
        .plans_itself = true,
        .plan_stays = true,
        .marks_changes = true,
        .validate = foreign_object_validate,
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
