/* resource_type: each call runs the slot of the table, or what the contract says of an empty one.
 * How the framework plans is in resource_plan.c. */
#include "resource_type.h"

#include "resource_plan.h"
#include "timeouts.h"

/* Types are known by the address of their schema: a mock, made for a moment, has none of its own.
 */
static const Schema *schema_of(const ResourceType *type) {
    return type->real ? &type->real->schema : &type->schema;
}

/* What a slot answered, held against the diagnostics: false exactly when an error was added. */
static bool settle(bool answer,
                   const ResourceType *type,
                   const Timeout *limit,
                   const char *slot,
                   size_t before,
                   Diags *diags) {
    if (limit && (!answer || diags->error_count > before))
        timeouts_explain(limit, diags);
    if (diags->error_count > before)
        return false;
    if (answer)
        return true;
    diags_error(diags, NO_RANGE, "Operation failed without a reason",
                "%s of \"%s\" failed, but the provider did not say why. This is a mistake in the "
                "provider; please report it.",
                slot, type->name);
    return false;
}

static bool refuse(const ResourceType *type, const char *what, Diags *diags) {
    diags_error(diags, NO_RANGE, "Unsupported operation", "An object of type \"%s\" cannot be %s.",
                type->name, what);
    return false;
}

static bool attribute_is_covered(const Attribute *attribute) {
    bool is_settable =
        (attribute->flags & (REQUIRED | OPTIONAL)) && !(attribute->flags & WRITE_ONLY);
    if (!is_settable || (attribute->flags & FORCES_NEW) || attribute->forces_new)
        return true;
    if (!attribute->nested || attribute->nested->count == 0)
        return false;
    for (size_t i = 0; i < attribute->nested->count; i++) {
        if (!attribute_is_covered(&attribute->nested->attributes[i]))
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

bool resource_type_validate(const ResourceType *type,
                            const Call *call,
                            Value config,
                            Diags *diags) {
    size_t before = diags->error_count;
    if (!schema_validate(schema_of(type), config, call->arena, diags))
        return false;
    if (!type->validate)
        return true;
    return settle(type->validate(call, config, diags), type, NULL, "Validation", before, diags);
}

/* Without an update every change is a replacement, also where no flag says so. */
static void replace_what_differs(const ResourceType *type,
                                 Value prior,
                                 PlanResponse *response,
                                 Arena *arena) {
    Value planned = response->planned;
    bool is_update = value_is_present(prior) && value_is_present(planned);
    if (type->update || !is_update || response->requires_replace.count > 0)
        return;
    for (size_t i = 0; i < planned.count; i++) {
        if (value_equal(value_at(prior, i), value_at(planned, i)) ||
            str_equal_cstr(value_key_at(planned, i), "timeouts"))
            continue;
        Path path = path_attribute((Path){0}, value_key_at(planned, i), arena);
        vec_push(arena, &response->requires_replace, path);
    }
}

bool resource_type_plan(const ResourceType *type,
                        const Call *call,
                        const PlanRequest *request,
                        PlanResponse *response,
                        Diags *diags) {
    size_t before = diags->error_count;
    *response = (PlanResponse){.private_data = request->private_data};
    response->planned = resource_plan_object(schema_of(type), request, call->arena);
    schema_replace_paths(schema_of(type), request->prior, response->planned,
                         &response->requires_replace, call->arena);
    bool is_destroy = value_is_null(request->proposed);
    if (!is_destroy && type->plan) {
        bool answer = type->plan(call, request, response, diags);
        if (!settle(answer, type, NULL, "Planning", before, diags))
            return false;
    }
    replace_what_differs(type, request->prior, response, call->arena);
    return true;
}

Str resource_type_identity(const ResourceType *type, const Call *call, Value planned) {
    return type->identity ? type->identity(call, planned) : STR_EMPTY;
}

static bool apply_create(const ResourceType *type,
                         const Call *call,
                         const ApplyRequest *request,
                         ApplyResponse *response,
                         Diags *diags) {
    size_t before = diags->error_count;
    if (!type->create)
        return refuse(type, "created", diags);
    Timeout limit = timeouts_begin(call, request->planned, "create");
    bool answer = type->create(&limit.call, request, response, diags);
    return settle(answer, type, &limit, "Creation", before, diags);
}

static bool apply_update(const ResourceType *type,
                         const Call *call,
                         const ApplyRequest *request,
                         ApplyResponse *response,
                         Diags *diags) {
    size_t before = diags->error_count;
    bool is_settled = value_equal(request->prior, request->planned) ||
                      timeouts_alone_differ(request->prior, request->planned);
    if (type->update && !timeouts_alone_differ(request->prior, request->planned)) {
        Timeout limit = timeouts_begin(call, request->planned, "update");
        bool answer = type->update(&limit.call, request, response, diags);
        return settle(answer, type, &limit, "Update", before, diags);
    }
    if (!is_settled)
        return refuse(type, "updated in place", diags);
    response->state = request->planned;
    return true;
}

static bool apply_delete(const ResourceType *type,
                         const Call *call,
                         const ApplyRequest *request,
                         Diags *diags) {
    size_t before = diags->error_count;
    if (!type->delete)
        return true;
    Timeout limit = timeouts_begin(call, request->prior, "delete");
    bool answer = type->delete (&limit.call, request, diags);
    return settle(answer, type, &limit, "Deletion", before, diags);
}

bool resource_type_apply(const ResourceType *type,
                         const Call *call,
                         const ApplyRequest *request,
                         ApplyResponse *response,
                         Diags *diags) {
    *response = (ApplyResponse){
        .state = value_null(schema_implied_type(schema_of(type))),
        .private_data = request->private_data,
    };
    if (value_is_null(request->planned))
        return apply_delete(type, call, request, diags);
    if (value_is_null(request->prior))
        return apply_create(type, call, request, response, diags);
    return apply_update(type, call, request, response, diags);
}

bool resource_type_read(
    const ResourceType *type, const Call *call, Value *state, Str *private_data, Diags *diags) {
    size_t before = diags->error_count;
    if (!type->read)
        return true;
    Timeout limit = timeouts_begin(call, *state, "read");
    bool answer = type->read(&limit.call, state, private_data, diags);
    return settle(answer, type, &limit, "Reading", before, diags);
}

bool resource_type_import(
    const ResourceType *type, const Call *call, Str id, Value *state, Diags *diags) {
    size_t before = diags->error_count;
    if (!type->import)
        return refuse(type, "imported", diags);
    return settle(type->import(call, id, state, diags), type, NULL, "Import", before, diags);
}

bool resource_type_recover(const ResourceType *type,
                           const Call *call,
                           const RecoverRequest *request,
                           RecoverOutcome *outcome,
                           Value *state,
                           Diags *diags) {
    size_t before = diags->error_count;
    *outcome = RECOVER_ABSENT;
    *state = value_null(schema_implied_type(schema_of(type)));
    if (!type->recover)
        return true;
    /* What it waits for is the end of a creation. */
    Timeout limit = timeouts_begin(call, request->planned, "create");
    bool answer = type->recover(&limit.call, request, outcome, state, diags);
    return settle(answer, type, &limit, "Recovery", before, diags);
}

bool resource_type_open(const ResourceType *type,
                        const Call *call,
                        Value config,
                        EphemeralResponse *response,
                        Diags *diags) {
    size_t before = diags->error_count;
    *response =
        (EphemeralResponse){.result = schema_apply_defaults(&type->schema, config, call->arena)};
    if (!type->open)
        return refuse(type, "opened", diags);
    return settle(type->open(call, response, diags), type, NULL, "Opening", before, diags);
}

bool resource_type_renew(const ResourceType *type,
                         const Call *call,
                         EphemeralResponse *response,
                         Diags *diags) {
    size_t before = diags->error_count;
    response->renew_at_ms = 0;
    if (!type->renew)
        return refuse(type, "renewed", diags);
    return settle(type->renew(call, response, diags), type, NULL, "Renewal", before, diags);
}

bool resource_type_close(const ResourceType *type,
                         const Call *call,
                         Str private_data,
                         Diags *diags) {
    size_t before = diags->error_count;
    if (!type->close)
        return true;
    return settle(type->close(call, private_data, diags), type, NULL, "Closing", before, diags);
}

void resource_type_limits(
    const ResourceType *type, const Call *call, LimitAction action, Value object, Limits *out) {
    if (type->limits)
        type->limits(call, action, object, out);
}
