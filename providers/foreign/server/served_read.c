/* served_read: each function decodes the arguments, calls the slot, and sets the response. */
#include "served_read.h"

#include "convert.h"
#include "object_type.h"
#include "protocol_message.h"
#include "served_schema.h"

/* Decodes the configuration of a data source or ephemeral resource, whose provider must be
 * configured. */
static bool served_read_begin(ServedCall *call, Value *config) {
    if (!served_call_object(call, call->request.config, "config", SERVED_PRESENT | SERVED_KNOWN,
                            config) ||
        !served_call_require(call))
        return false;
    if (!served_call_is_deferred(call))
        return true;
    return diags_fail(&call->diags, NO_RANGE, "Provider configuration not known yet",
                      "%s needs the provider, whose configuration contains values that are known "
                      "only after apply. Apply these first, for example with -target.",
                      call->type->name);
}

void served_read_data(ServedCall *call) {
    Value config;
    if (!served_read_begin(call, &config))
        return;
    Call slot = served_call_slot(call);
    DataReadRequest request = {config};
    DataReadResponse response;
    if (object_type_read_data(&slot, &request, &response, &call->diags))
        served_call_respond(call, response.state);
}

/* Converts monotonic time to the wall time of the protocol. */
static void set_renewal(ServedCall *call, const Call *slot, int64_t renew_at_ms) {
    const Clock *clock = slot->io->clock;
    call->response.has_renew_at = renew_at_ms > 0;
    call->response.renew_at_ms =
        clock->now_ms(clock->self) + renew_at_ms - clock->monotonic_ms(clock->self);
}

void served_read_open(ServedCall *call) {
    Value config;
    if (!served_read_begin(call, &config))
        return;
    Call slot = served_call_slot(call);
    OpenRequest request = {config};
    OpenResponse response;
    if (!object_type_open(&slot, &request, &response, &call->diags))
        return;
    served_call_respond(call, response.result);
    call->response.private_data = response.private_data;
    set_renewal(call, &slot, response.renew_at_ms);
}

void served_read_renew(ServedCall *call) {
    RenewRequest request = {call->request.private_data};
    RenewResponse response;
    Call slot = served_call_slot(call);
    slot.cancel = NULL;
    if (!object_type_renew(&slot, &request, &response, &call->diags))
        return;
    call->response.private_data = response.private_data;
    set_renewal(call, &slot, response.renew_at_ms);
}

void served_read_close(ServedCall *call) {
    CloseRequest request = {call->request.private_data};
    Call slot = served_call_slot(call);
    slot.cancel = NULL;
    (void)!object_type_close(&slot, &request, &call->diags);
}

/* Functions. */

static const ProviderFunction *find_function(const Provider *provider, Str name) {
    for (size_t i = 0; i < provider->function_count; i++) {
        if (str_equal_cstr(name, provider->functions[i].name))
            return &provider->functions[i];
    }
    return NULL;
}

static void served_read_fail(ServedCall *call, size_t argument, Str text) {
    call->response.has_error = true;
    call->response.error = text;
    call->response.error_argument = argument;
}

static bool served_read_arguments(ServedCall *call, const ProviderFunction *function, Value *out) {
    const StrVec *arguments = &call->request.arguments;
    if (arguments->count < function->parameter_count ||
        (arguments->count > function->parameter_count && !function->variadic)) {
        served_read_fail(call, SIZE_MAX, STR("the number of arguments is wrong"));
        return false;
    }
    for (size_t i = 0; i < arguments->count; i++) {
        const ProviderParameter *parameter =
            i < function->parameter_count ? &function->parameters[i] : function->variadic;
        Str error;
        if (!protocol_message_value(arguments->items[i], parameter->type, &out[i], &error,
                                    call->arena)) {
            served_read_fail(call, i, error);
            return false;
        }
        if (!value_is_known(out[i]) || (value_is_null(out[i]) && !parameter->allows_null)) {
            served_read_fail(call, i, STR("the argument must not be null or unknown"));
            return false;
        }
    }
    return true;
}

static Str served_read_first_error(const Diags *diags) {
    vec_each(diags, diag) {
        if (diag->severity == DIAG_ERROR)
            return diag->detail.len ? diag->detail : diag->summary;
    }
    return STR("the provider gave no reason");
}

void served_read_function(ServedCall *call) {
    Call slot = served_call_slot(call);
    const ProviderFunction *function = find_function(slot.provider, call->request.type_name);
    Value *arguments = arena_new_array(call->arena, Value, call->request.arguments.count);
    if (!function) {
        served_read_fail(call, SIZE_MAX, STR("the provider has no function of this name"));
        return;
    }
    if (!served_read_arguments(call, function, arguments))
        return;
    FunctionRequest request = {arguments, call->request.arguments.count, function};
    FunctionResponse response = {.result = value_null(&TYPE_DYNAMIC), .failed_argument = SIZE_MAX};
    if (!function->run(&slot, &request, &response, &call->diags) ||
        diags_has_errors(&call->diags)) {
        served_read_fail(call, response.failed_argument, served_read_first_error(&call->diags));
        return;
    }
    ConvertError error;
    call->response.type = served_schema_result(function);
    call->response.has_state = convert_value(response.result, call->response.type,
                                             &call->response.state, &error, call->arena);
    if (!call->response.has_state)
        served_read_fail(call, SIZE_MAX, STR("the result does not have the type of the signature"));
}
