/* action_type: each function calls its slot, or applies the default of a NULL slot. */
#include "action_type.h"

#include "object_type.h"

bool action_type_plan(const ActionType *type, const Call *call, const ActionRequest *request,
                      ActionResponse *response, Diags *diags) {
    size_t before = diags->error_count;
    *response = (ActionResponse){0};
    if (!type->plan)
        return true;
    bool is_ok = type->plan(call, request, response, diags);
    return object_type_check_result(is_ok, type->name, "Planning", before, diags);
}

bool action_type_invoke(const ActionType *type, const Call *call, const ActionRequest *request,
                        Diags *diags) {
    size_t before = diags->error_count;
    bool is_ok = type->invoke(call, request, diags);
    return object_type_check_result(is_ok, type->name, "Invocation", before, diags);
}
