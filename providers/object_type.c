/* object_type: each function calls its slot, or applies the default of a NULL slot. Types are cast
 * to their kind, of which ObjectType is the first member. */
#include "object_type.h"

#include "timeouts.h"

const ResourceType *resource_type_of(const ObjectType *type) {
    return type && type->mode == MODE_MANAGED ? (const ResourceType *)type : NULL;
}

bool object_type_check_result(bool is_ok, const char *name, const char *operation, size_t before,
                              Diags *diags) {
    if (diags->error_count > before)
        return false;
    if (is_ok)
        return true;
    return diags_fail(diags, NO_RANGE, "Operation failed without a reason",
                      "%s of \"%s\" failed, but the provider did not say why. This is a mistake in "
                      "the provider; please report it.",
                      operation, name);
}

bool object_type_report_unsupported(const char *name, const char *operation, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Unsupported operation",
                      "An object of type \"%s\" cannot be %s.", name, operation);
}

bool object_type_validate(const Call *call, Value config, Diags *diags) {
    const ObjectType *type = call->type;
    size_t before = diags->error_count;
    if (!schema_validate(&type->schema, config, call->arena, diags))
        return false;
    bool is_ok = !type->validate || type->validate(call, &(ValidateRequest){config}, diags);
    return object_type_check_result(is_ok, type->name, "Validation", before, diags);
}

/* Data sources. */

bool object_type_read_data(const Call *call, const DataReadRequest *request,
                           DataReadResponse *response, Diags *diags) {
    const DataSourceType *type = (const DataSourceType *)call->type;
    size_t before = diags->error_count;
    *response = (DataReadResponse){.state = request->config};
    if (!type->read)
        return true;
    Timeout limit = timeouts_begin(call, request->config, "read");
    bool is_ok = type->read(&limit.call, request, response, diags);
    if (!is_ok || diags->error_count > before)
        timeouts_explain(&limit, diags);
    return object_type_check_result(is_ok, type->name, "Reading", before, diags);
}

/* Ephemeral resources. */

bool object_type_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                      Diags *diags) {
    const EphemeralType *type = (const EphemeralType *)call->type;
    size_t before = diags->error_count;
    *response = (OpenResponse){
        .result = schema_apply_defaults(&type->schema, request->config, call->arena)};
    if (!type->open)
        return object_type_report_unsupported(type->name, "opened", diags);
    bool is_ok = type->open(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Opening", before, diags);
}

bool object_type_renew(const Call *call, const RenewRequest *request, RenewResponse *response,
                       Diags *diags) {
    const EphemeralType *type = (const EphemeralType *)call->type;
    size_t before = diags->error_count;
    *response = (RenewResponse){
        .private_data = request->private_data,
        .result = value_null(schema_implied_type(&type->schema)),
    };
    if (!type->renew)
        return object_type_report_unsupported(type->name, "renewed", diags);
    bool is_ok = type->renew(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Renewal", before, diags);
}

bool object_type_close(const Call *call, const CloseRequest *request, Diags *diags) {
    const EphemeralType *type = (const EphemeralType *)call->type;
    size_t before = diags->error_count;
    if (!type->close)
        return true;
    bool is_ok = type->close(call, request, diags);
    return object_type_check_result(is_ok, type->name, "Closing", before, diags);
}

/* Actions. */

bool object_type_plan_action(const Call *call, const ActionRequest *request,
                             ActionResponse *response, Diags *diags) {
    const ActionType *type = (const ActionType *)call->type;
    size_t before = diags->error_count;
    *response = (ActionResponse){0};
    if (!type->plan)
        return true;
    bool is_ok = type->plan(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Planning", before, diags);
}

bool object_type_invoke(const Call *call, const ActionRequest *request, Diags *diags) {
    const ActionType *type = (const ActionType *)call->type;
    size_t before = diags->error_count;
    bool is_ok = type->invoke(call, request, diags);
    return object_type_check_result(is_ok, type->name, "Invocation", before, diags);
}

/* Lists. */

typedef struct Checked {
    const ResourceType *resource;
    const Call *call;
    const ListRequest *request;
    const ListSink *sink;
    int64_t count;
    const char *fault; /* of an invalid object; NULL: none */
} Checked;

/* Returns the fault of an object, as the end of a sentence; NULL if it has none. */
static const char *fault_of(const Checked *checked, const ListedObject *found) {
    const Type *identity = schema_implied_type(checked->resource->identity);
    const Type *object = schema_implied_type(&checked->resource->schema);
    if (!value_is_present(found->identity))
        return "without an identity";
    if (!type_equal(found->identity.type, identity) || !value_is_wholly_known(found->identity))
        return "with an invalid identity";
    if (!found->object.type || value_is_null(found->object))
        return NULL;
    if (!type_equal(found->object.type, object) || !value_is_wholly_known(found->object))
        return "that is invalid";
    return NULL;
}

static bool object_type_add_listed(void *payload, const ListedObject *found) {
    Checked *checked = payload;
    if (checked->fault || checked->count >= checked->request->limit ||
        call_is_cancelled(checked->call))
        return false;
    checked->fault = fault_of(checked, found);
    if (checked->fault)
        return false;
    checked->count++;
    return checked->sink->add(checked->sink->payload, found) &&
           checked->count < checked->request->limit;
}

bool object_type_list(const Call *call, const ResourceType *resource, const ListRequest *request,
                      const ListSink *sink, Diags *diags) {
    const ListType *type = (const ListType *)call->type;
    Checked checked = {.resource = resource, .call = call, .request = request, .sink = sink};
    ListSink checking = {object_type_add_listed, &checked};
    size_t before = diags->error_count;
    if (request->limit <= 0)
        return true;
    bool is_ok = type->list(call, request, &checking, diags);
    if (checked.fault)
        diags_error(diags, NO_RANGE, "Provider produced invalid list",
                    "The provider %s listed an object of the type %s %s. This is a mistake in the "
                    "provider; please report it to its developers.",
                    call->provider->address, type->name, checked.fault);
    return object_type_check_result(is_ok, type->name, "List", before, diags);
}
