/* resource_type: each function calls its slot, or applies the default of a NULL slot. The
 * framework's plan is in resource_plan.c. */
#include "resource_type.h"

#include "log.h"
#include "object_type.h"
#include "timeouts.h"

/* Returns whether two objects differ only in their timeouts. */
static bool only_timeouts_differ(Value prior, Value planned) {
    bool differs = false;
    if (!value_is_present(prior) || !value_is_present(planned))
        return false;
    for (size_t i = 0; i < planned.count; i++) {
        if (value_equal(value_at(prior, i), value_at(planned, i)))
            continue;
        if (!str_equal_cstr(value_key_at(planned, i), "timeouts"))
            return false;
        differs = true;
    }
    return differs;
}

/* Explains a timeout, then checks the slot's result. */
static bool check_outcome(bool is_ok, const ResourceType *type, const Timeout *limit,
                          const char *operation, size_t before, Diags *diags) {
    if (!is_ok || diags->error_count > before)
        timeouts_explain(limit, diags);
    return object_type_check_result(is_ok, type->name, operation, before, diags);
}

static bool attribute_is_covered(const Attribute *attribute) {
    bool is_settable =
        (attribute->flags & (REQUIRED | OPTIONAL)) && !(attribute->flags & WRITE_ONLY);
    if (!is_settable || (attribute->flags & FORCES_NEW) || attribute->forces_new)
        return true;
    if (!attribute->nested || attribute->nested->schema.attribute_count == 0)
        return false;
    for (size_t i = 0; i < attribute->nested->schema.attribute_count; i++) {
        if (!attribute_is_covered(&attribute->nested->schema.attributes[i]))
            return false;
    }
    return true;
}

static bool schema_is_covered(const Schema *schema) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (!attribute_is_covered(&schema->attributes[i]))
            return false;
    }
    for (size_t i = 0; i < schema->block_count; i++) {
        if (!schema_is_covered(&schema->blocks[i].schema))
            return false;
    }
    return true;
}

bool resource_type_covers_updates(const ResourceType *type) {
    return type->update || schema_is_covered(&type->schema);
}

/* A type without `update` replaces the object for every change, even without a schema flag; only a
 * change of the timeouts is stored without a call. */
static void replace_what_differs(const ResourceType *type, Value prior, PlanResponse *response,
                                 Arena *arena) {
    Value planned = response->planned;
    bool is_update = value_is_present(prior) && value_is_present(planned);
    if (type->plans_itself || type->update || !is_update || response->requires_replace.count > 0)
        return;
    for (size_t i = 0; i < planned.count; i++) {
        if (value_equal(value_at(prior, i), value_at(planned, i)) ||
            str_equal_cstr(value_key_at(planned, i), "timeouts"))
            continue;
        Path path = path_attribute((Path){0}, value_key_at(planned, i), arena);
        vec_push(arena, &response->requires_replace, path);
    }
}

static bool differs_at(Value a, Value b, Str name) {
    Value before, after;
    return !value_find(a, name, &before) || !value_find(b, name, &after) ||
           !value_equal(before, after);
}

/* Logs the plan by the schema alone, before the type changes it: names of attributes, because
 * values may be secret. */
static void log_prepared(const PlanRequest *request, const PlanResponse *response, Arena *arena) {
    Value planned = response->planned;
    StrVec unknown = {0}, changed = {0};
    for (size_t i = 0; value_is_present(planned) && i < planned.count; i++) {
        Str name = value_key_at(planned, i);
        if (!value_is_wholly_known(value_at(planned, i)))
            vec_push(arena, &unknown, name);
        else if (value_is_present(request->prior) && differs_at(request->prior, planned, name))
            vec_push(arena, &changed, name);
    }
    log_debug("schema plan",
              log_text("unknown", str_join(unknown.items, unknown.count, STR(" "), arena)),
              log_text("changed", str_join(changed.items, changed.count, STR(" "), arena)),
              log_number("requires_replace", (int64_t)response->requires_replace.count));
}

void resource_type_prepare_plan(const Call *call, const PlanRequest *request,
                                PlanResponse *response) {
    const ResourceType *type = resource_type_of(call->type);
    *response =
        (PlanResponse){.private_data = request->private_data, .identity = request->identity};
    response->planned = resource_plan_object(&type->schema, request, call->arena);
    schema_replace_paths(&type->schema, request->prior, response->planned,
                         &response->requires_replace, call->arena);
    if (log_enabled(LOG_DEBUG))
        log_prepared(request, response, call->arena);
}

void resource_type_plan_by_schema(const Call *call, const PlanRequest *request,
                                  PlanResponse *response) {
    resource_type_prepare_plan(call, request, response);
    replace_what_differs(resource_type_of(call->type), request->prior, response, call->arena);
}

bool resource_type_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                        Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    if (type->plans_itself)
        *response = (PlanResponse){.planned = request->proposed,
                                   .private_data = request->private_data,
                                   .identity = request->identity};
    else
        resource_type_prepare_plan(call, request, response);
    bool is_destroy = value_is_null(request->proposed);
    if ((!is_destroy || type->plans_destroy) && type->plan) {
        bool is_ok = type->plan(call, request, response, diags);
        if (!object_type_check_result(is_ok, type->name, "Planning", before, diags))
            return false;
    }
    replace_what_differs(type, request->prior, response, call->arena);
    return true;
}

bool resource_type_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                          Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (MarkerResponse){0};
    if (!type->marker)
        return true;
    bool is_ok = type->marker(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Choosing the marker", before, diags);
}

static bool resource_type_create(const Call *call, const ApplyRequest *request,
                                 ApplyResponse *response, Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    if (!type->create)
        return object_type_report_unsupported(type->name, "created", diags);
    Timeout limit = timeouts_begin(call, request->planned, "create");
    bool is_ok = type->create(&limit.call, request, response, diags);
    return check_outcome(is_ok, type, &limit, "Creation", before, diags);
}

static bool resource_type_update(const Call *call, const ApplyRequest *request,
                                 ApplyResponse *response, Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    bool is_unchanged = value_equal(request->prior, request->planned) ||
                        only_timeouts_differ(request->prior, request->planned);
    log_debug("update", log_number("unchanged", is_unchanged),
              log_number("has_update", type->update != NULL));
    if (type->update && !only_timeouts_differ(request->prior, request->planned)) {
        Timeout limit = timeouts_begin(call, request->planned, "update");
        bool is_ok = type->update(&limit.call, request, response, diags);
        return check_outcome(is_ok, type, &limit, "Update", before, diags);
    }
    if (!is_unchanged)
        return object_type_report_unsupported(type->name, "updated in place", diags);
    response->state = request->planned;
    return true;
}

bool resource_type_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    *response = (ApplyResponse){
        .state = value_null(schema_implied_type(&call->type->schema)),
        .private_data = request->private_data,
        .identity = request->identity,
    };
    if (value_is_null(request->prior))
        return resource_type_create(call, request, response, diags);
    return resource_type_update(call, request, response, diags);
}

bool resource_type_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                          Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (DeleteResponse){.state = request->prior,
                                 .private_data = request->private_data,
                                 .identity = request->identity};
    if (!type->delete)
        return true;
    Timeout limit = timeouts_begin(call, request->prior, "delete");
    bool is_ok = type->delete (&limit.call, request, response, diags);
    return check_outcome(is_ok, type, &limit, "Deletion", before, diags);
}

bool resource_type_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                        Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (ReadResponse){.state = request->state,
                               .private_data = request->private_data,
                               .identity = request->identity};
    if (!type->read)
        return true;
    Timeout limit = timeouts_begin(call, request->state, "read");
    bool is_ok = type->read(&limit.call, request, response, diags);
    return check_outcome(is_ok, type, &limit, "Reading", before, diags);
}

bool resource_type_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                          Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (ImportResponse){.state = value_null(schema_implied_type(&type->schema))};
    if (!type->import)
        return object_type_report_unsupported(type->name, "imported", diags);
    bool is_ok = type->import(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Import", before, diags);
}

bool resource_type_upgrade(const Call *call, const UpgradeRequest *request,
                           UpgradeResponse *response, Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (UpgradeResponse){.upgraded = request->stored};
    if (!type->upgrade)
        return true;
    bool is_ok = type->upgrade(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Upgrade", before, diags);
}

bool resource_type_upgrade_identity(const Call *call, const UpgradeIdentityRequest *request,
                                    UpgradeIdentityResponse *response, Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (UpgradeIdentityResponse){0};
    if (!type->upgrade_identity)
        return object_type_report_unsupported(type->name, "upgraded in its identity", diags);
    bool is_ok = type->upgrade_identity(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Upgrade of the identity", before, diags);
}

bool resource_type_move(const Call *call, const MoveRequest *request, MoveResponse *response,
                        Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (MoveResponse){0};
    if (!type->move)
        return diags_fail(diags, NO_RANGE, "Resource type mismatch",
                          "%.*s cannot adopt an object of the type %.*s, because the provider does "
                          "not support that. Remove the moved block.",
                          STR_ARG(call->address), STR_ARG(request->source_type));
    bool is_ok = type->move(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Move", before, diags);
}

bool resource_type_generate_config(const Call *call, const GenerateConfigRequest *request,
                                   GenerateConfigResponse *response, Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (GenerateConfigResponse){0};
    if (!type->generate_config) {
        response->config = generated_config(&type->schema, request->state, call->arena);
        return true;
    }
    bool is_ok = type->generate_config(call, request, response, diags);
    if (is_ok && !value_is_present(response->config))
        response->config = schema_empty_value(&type->schema, call->arena);
    return object_type_check_result(is_ok, type->name, "Generation of configuration", before,
                                    diags);
}

bool resource_type_recover(const Call *call, const RecoverRequest *request,
                           RecoverResponse *response, Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (RecoverResponse){
        .outcome = RECOVER_ABSENT,
        .state = value_null(schema_implied_type(&type->schema)),
        .private_data = request->private_data,
    };
    if (!type->recover)
        return true;
    /* A recovery uses the time limit of the interrupted operation. */
    static const char *const calls[] = {
        [RECOVER_CREATE] = "create", [RECOVER_UPDATE] = "update", [RECOVER_DELETE] = "delete"};
    bool deletes = request->call == RECOVER_DELETE;
    Timeout limit =
        timeouts_begin(call, deletes ? request->prior : request->planned, calls[request->call]);
    bool is_ok = type->recover(&limit.call, request, response, diags);
    return check_outcome(is_ok, type, &limit, "Recovery", before, diags);
}

bool resource_type_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                          Diags *diags) {
    const ResourceType *type = resource_type_of(call->type);
    size_t before = diags->error_count;
    *response = (LimitsResponse){0};
    if (!type->limits)
        return true;
    bool is_ok = type->limits(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Asking for limits", before, diags);
}
