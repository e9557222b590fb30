/* foreign_function: decodes signatures at their first use, and makes calls. */
#include "foreign_type.h"

#include "log.h"
#include "protocol_function.h"
#include "thread.h"

static const Type *type_of_argument(const ProviderFunction *function, size_t i) {
    return i < function->parameter_count ? function->parameters[i].type : function->variadic->type;
}

static bool foreign_function_report_result(const Call *call, const ProviderFunction *function,
                                           Str error, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Provider produced invalid result",
                      "The result of the function \"%s\" of the provider %s cannot be read: %.*s.",
                      function->name, call->provider->address, STR_ARG(error));
}

/* A function needs no configuration, so any process of the provider can run it. */
static bool foreign_function_run(const Call *call, const FunctionRequest *request,
                                 FunctionResponse *response, Diags *diags) {
    const ProviderFunction *function = request->function;
    Str error = STR("the value is missing");
    const Type **types = arena_new_array(call->arena, const Type *, request->count);
    for (size_t i = 0; i < request->count; i++)
        types[i] = type_of_argument(function, i);
    ForeignCall made = {.call = call, .method = PROTOCOL_CALL_FUNCTION, .diags = diags};
    made.sent = (ProtocolRequest){.type_name = function->name,
                                  .arguments = request->arguments,
                                  .argument_types = types,
                                  .argument_count = request->count};
    if (!foreign_client_call(&made))
        return false;
    const ProtocolResponse *received = &made.received;
    if (received->has_error) {
        response->failed_argument =
            received->error_argument < request->count ? received->error_argument : SIZE_MAX;
        return diags_fail(diags, NO_RANGE, "Error in function call", "%.*s",
                          STR_ARG(received->error));
    }
    return (received->has_state &&
            protocol_message_value(received->state, function->type, &response->result, &error,
                                   call->arena)) ||
           foreign_function_report_result(call, function, error, diags);
}

const ProviderFunction *foreign_function_find(const Provider *provider, Str name) {
    ForeignProvider *foreign = (ForeignProvider *)provider;
    Str error = STR_EMPTY;
    LOCKED(&foreign->lock);
    ProviderFunction *function = map_find(&foreign->decoded_functions, name);
    const Str *bytes = function ? NULL : map_find(&foreign->schemas.functions, name);
    if (bytes) {
        function = arena_new(foreign->arena, ProviderFunction);
        if (protocol_function_decode(*bytes, function, &error, foreign->arena)) {
            function->name = str_to_cstr(name, foreign->arena);
            function->run = foreign_function_run;
            map_put(foreign->arena, &foreign->decoded_functions, str_from_cstr(function->name),
                    function);
        } else {
            log_event(LOG_ERROR, "function of a provider", log_text("name", name),
                      log_text("problem", error));
            function = NULL;
        }
    }
    return function;
}
