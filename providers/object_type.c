/* object_type: validation, and errors common to all kinds of types. */
#include "object_type.h"

#include "action_type.h"
#include "list_type.h"

bool object_type_check_result(bool is_ok, const char *name, const char *operation, size_t before,
                              Diags *diags) {
    if (diags->error_count > before)
        return false;
    if (is_ok)
        return true;
    diags_error(diags, NO_RANGE, "Operation failed without a reason",
                "%s of \"%s\" failed, but the provider did not say why. This is a mistake in the "
                "provider; please report it.",
                operation, name);
    return false;
}

bool object_type_report_unsupported(const char *name, const char *operation, Diags *diags) {
    diags_error(diags, NO_RANGE, "Unsupported operation", "An object of type \"%s\" cannot be %s.",
                name, operation);
    return false;
}

static bool run_validate(const ObjectType *type, const Call *call, const ValidateRequest *request,
                         Diags *diags) {
    if (type->resource && type->resource->validate)
        return type->resource->validate(call, request, diags);
    if (type->data_source && type->data_source->validate)
        return type->data_source->validate(call, request, diags);
    if (type->ephemeral && type->ephemeral->validate)
        return type->ephemeral->validate(call, request, diags);
    if (type->action && type->action->validate)
        return type->action->validate(call, request, diags);
    if (type->list && type->list->validate)
        return type->list->validate(call, request, diags);
    return true;
}

bool object_type_validate(const ObjectType *type, const Call *call, Value config, Diags *diags) {
    size_t before = diags->error_count;
    if (!schema_validate(type->schema, config, call->arena, diags))
        return false;
    bool is_ok = run_validate(type, call, &(ValidateRequest){config}, diags);
    return object_type_check_result(is_ok, type->name, "Validation", before, diags);
}
