/* ephemeral_type: each function calls its slot, or applies the default of a NULL slot. */
#include "ephemeral_type.h"

#include "object_type.h"

bool ephemeral_type_open(const EphemeralType *type, const Call *call, const OpenRequest *request,
                         OpenResponse *response, Diags *diags) {
    size_t before = diags->error_count;
    *response = (OpenResponse){
        .result = schema_apply_defaults(&type->schema, request->config, call->arena)};
    if (!type->open)
        return object_type_report_unsupported(type->name, "opened", diags);
    bool is_ok = type->open(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Opening", before, diags);
}

bool ephemeral_type_renew(const EphemeralType *type, const Call *call, const RenewRequest *request,
                          RenewResponse *response, Diags *diags) {
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

bool ephemeral_type_close(const EphemeralType *type, const Call *call, const CloseRequest *request,
                          Diags *diags) {
    size_t before = diags->error_count;
    if (!type->close)
        return true;
    bool is_ok = type->close(call, request, diags);
    return object_type_check_result(is_ok, type->name, "Closing", before, diags);
}
