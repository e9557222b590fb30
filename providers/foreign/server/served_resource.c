/* served_resource: each function decodes the objects, calls the slot as the engine does, and sets
 * the response. */
#include "served_resource.h"

#include "json.h"
#include "object_type.h"
#include "resource_type.h"

void served_resource_validate(ServedCall *call) {
    Value config;
    if (!served_call_object(call, call->request.config, "config", SERVED_PRESENT, &config))
        return;
    Call slot = served_call_slot(call);
    slot.is_planning = true;
    (void)!object_type_validate(&slot, config, &call->diags);
}

/* Decodes a stored object. Missing attributes are null. */
static bool resource_read_stored(ServedCall *call, Str json, Value *out) {
    JsonReader reader = json_reader_new(json, call->arena);
    const char *problem = "the text is no object";
    if (json_read_typed(&reader, json_next(&reader), schema_implied_type(&call->type->schema), out,
                        &problem, call->arena))
        return true;
    return diags_fail(&call->diags, NO_RANGE, "Stored object does not match the schema",
                      "The object of the type %s in the state cannot be read: %s. Remove it from "
                      "the state, and import it again.",
                      call->type->name, problem);
}

void served_resource_upgrade(ServedCall *call) {
    const ResourceType *type = resource_type_of(call->type);
    Call slot = served_call_slot(call);
    UpgradeRequest request = {call->request.version, call->request.stored};
    UpgradeResponse response = {.upgraded = request.stored};
    Value object;
    bool is_current = request.version == type->schema.version && !type->always_upgrades;
    if (!is_current && !resource_type_upgrade(&slot, &request, &response, &call->diags))
        return;
    if (resource_read_stored(call, response.upgraded, &object))
        served_call_respond(call, object);
}

void served_resource_read(ServedCall *call) {
    Value state;
    if (!served_call_object(call, call->request.prior, "current_state",
                            SERVED_PRESENT | SERVED_KNOWN, &state) ||
        !served_call_require(call))
        return;
    Call slot = served_call_slot(call);
    slot.is_planning = true;
    ReadRequest request = {state, call->request.private_data};
    ReadResponse response = {.state = state, .private_data = request.private_data};
    if (!served_call_is_deferred(call) &&
        !resource_type_read(&slot, &request, &response, &call->diags))
        return;
    served_call_respond(call, response.state);
    call->response.private_data = response.private_data;
}

/* The engine's proposal: the client does not know the defaults of the schema. */
static Value propose(ServedCall *call, Value prior, Value config) {
    const Schema *schema = &call->type->schema;
    Value expected = schema_apply_defaults(schema, config, call->arena);
    return schema_drop_write_only(schema, schema_propose(schema, prior, expected, call->arena),
                                  call->arena);
}

static bool keeps_members(const Schema *schema, Value config, Value planned);

/* Sets are not compared: their elements have no places. */
static bool keeps_items(const NestedObject *nested, Value config, Value planned) {
    if (!value_is_present(config) || !value_is_present(planned) || nested->nesting == NEST_SET)
        return false;
    if (nested->nesting == NEST_SINGLE)
        return keeps_members(&nested->schema, config, planned);
    for (size_t i = 0; config.count == planned.count && i < config.count; i++) {
        if (keeps_members(&nested->schema, value_at(config, i), value_at(planned, i)))
            return true;
    }
    return false;
}

/* Returns true if an attribute that only the configuration can set keeps a value, although the
 * configuration omits it. loam accepts that, for example after an import. For Terraform, only
 * providers of the legacy type system may do it. */
static bool keeps_members(const Schema *schema, Value config, Value planned) {
    if (!value_is_present(config) || !value_is_present(planned))
        return false;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Value wanted = value_attribute(config, str_from_cstr(attribute->name));
        Value kept = value_attribute(planned, str_from_cstr(attribute->name));
        bool is_kept =
            !(attribute->flags & COMPUTED) && value_is_null(wanted) && !value_is_null(kept);
        if (is_kept || (attribute->nested && keeps_items(attribute->nested, wanted, kept)))
            return true;
    }
    return false;
}

/* Only a deletion has no configuration. */
static unsigned config_need(Value planned, unsigned need) {
    return value_is_null(planned) ? need : need | SERVED_PRESENT;
}

static bool resource_check_objects(ServedCall *call, Value prior, Value planned) {
    if (!value_is_null(prior) || !value_is_null(planned))
        return true;
    return diags_fail(&call->diags, NO_RANGE, "Invalid request",
                      "The request has neither a prior nor a planned object of the type %s.",
                      call->type->name);
}

void served_resource_plan(ServedCall *call) {
    const ResourceType *type = resource_type_of(call->type);
    Value prior, proposed, config;
    if (!served_call_object(call, call->request.prior, "prior_state", SERVED_KNOWN, &prior) ||
        !served_call_object(call, call->request.proposed, "proposed_new_state", 0, &proposed) ||
        !served_call_object(call, call->request.config, "config", config_need(proposed, 0),
                            &config) ||
        !resource_check_objects(call, prior, proposed) || !served_call_require(call))
        return;
    Call slot = served_call_slot(call);
    slot.is_planning = true;
    PlanRequest request = {.prior = prior,
                           .proposed = proposed,
                           .config = config,
                           .awaits_changes = true, /* Terraform does not say */
                           .private_data = call->request.private_data};
    PlanResponse response = {0};
    if (!value_is_null(proposed))
        request.proposed = propose(call, prior, config);
    if (served_call_is_deferred(call))
        resource_type_plan_by_schema(&slot, &request, &response);
    else if (!resource_type_plan(&slot, &request, &response, &call->diags))
        return;
    served_call_respond(call, response.planned);
    call->response.replaces = response.requires_replace;
    call->response.is_legacy = keeps_members(&type->schema, config, response.planned);
    call->response.private_data = response.private_data;
}

/* A lost reply leaves no intent that a later run could recover, as loam's own runs have it. */
static void report_doubt(ServedCall *call) {
    diags_warning(&call->diags, NO_RANGE, "Object may exist",
                  "The reply to a request was lost, so an object of the type %s may exist that the "
                  "state does not have. Look for it before the next apply.",
                  call->type->name);
}

static void resource_delete_object(ServedCall *call, Call *slot, Value prior, Str marker) {
    DeleteRequest request = {
        .prior = prior, .private_data = call->request.private_data, .marker = marker};
    DeleteResponse response;
    if (resource_type_delete(slot, &request, &response, &call->diags)) {
        served_call_respond(call, value_null(prior.type));
        return;
    }
    served_call_respond(call, response.state);
    call->response.private_data = response.private_data;
    if (response.in_doubt)
        report_doubt(call);
}

static void resource_change_object(ServedCall *call, Call *slot, const ApplyRequest *request) {
    ApplyResponse response;
    bool is_ok = resource_type_apply(slot, request, &response, &call->diags);
    Value state = response.state;
    if (!is_ok && value_is_null(state))
        state = request->prior;
    if (!is_ok)
        state = value_unknown_as_null(state, call->arena);
    served_call_respond(call, state);
    call->response.private_data = response.private_data;
    if (!is_ok && response.in_doubt)
        report_doubt(call);
}

static bool choose_marker(ServedCall *call, const Call *slot, bool creates, Value planned,
                          Str *out) {
    const ResourceType *type = resource_type_of(call->type);
    MarkerRequest request = {planned};
    MarkerResponse response = {0};
    *out = STR_EMPTY;
    if (!type->marker || (!creates && !type->marks_changes))
        return true;
    if (!resource_type_marker(slot, &request, &response, &call->diags))
        return false;
    *out = response.marker;
    return true;
}

void served_resource_apply(ServedCall *call) {
    Value prior, planned, config;
    Str marker;
    if (!served_call_object(call, call->request.prior, "prior_state", SERVED_KNOWN, &prior) ||
        !served_call_object(call, call->request.planned, "planned_state", 0, &planned) ||
        !served_call_object(call, call->request.config, "config",
                            config_need(planned, SERVED_KNOWN), &config) ||
        !resource_check_objects(call, prior, planned))
        return;
    Call slot = served_call_slot(call);
    if (!served_call_require(call) || served_call_is_deferred(call) ||
        !choose_marker(call, &slot, value_is_null(prior), planned, &marker)) {
        if (!diags_has_errors(&call->diags))
            diags_error(&call->diags, NO_RANGE, "Provider not configured",
                        "The configuration of the provider contains unknown values.");
        served_call_respond(call, prior);
        call->response.private_data = call->request.private_data;
        return;
    }
    if (value_is_null(planned)) {
        resource_delete_object(call, &slot, prior, marker);
        return;
    }
    ApplyRequest request = {.prior = prior,
                            .planned = planned,
                            .config = config,
                            .private_data = call->request.private_data,
                            .marker = marker};
    resource_change_object(call, &slot, &request);
}

void served_resource_import(ServedCall *call) {
    ImportRequest request = {value_text(value_string(call->request.id, call->arena))};
    ImportResponse response;
    if (!served_call_require(call))
        return;
    Call slot = served_call_slot(call);
    if (!resource_type_import(&slot, &request, &response, &call->diags))
        return;
    served_call_respond(call, response.state);
    call->response.is_import = true;
    call->response.type_name = str_from_cstr(call->type->name);
    call->response.private_data = response.private_data;
}

void served_resource_move(ServedCall *call) {
    MoveRequest request = {.source_provider = call->request.source_address,
                           .source_type = call->request.source_type,
                           .version = call->request.version,
                           .stored = call->request.stored,
                           .private_data = call->request.private_data};
    MoveResponse response;
    Value object;
    Call slot = served_call_slot(call);
    if (!resource_type_move(&slot, &request, &response, &call->diags) ||
        !resource_read_stored(call, response.moved, &object))
        return;
    served_call_respond(call, object);
    call->response.private_data = response.private_data;
}
