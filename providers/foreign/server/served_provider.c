/* served_provider: finds the function of a call in a table, decodes its request and encodes its
 * response. Each function decodes the objects, calls the slot as the engine does, and sets the
 * response. */
#include "served_provider.h"

#include "convert.h"
#include "json.h"
#include "log.h"
#include "object_type.h"
#include "protocol_message.h"
#include "registry.h"
#include "resource_type.h"
#include "served_schema.h"
#include "thread.h"
#include "wire.h"

/* Data sources and ephemeral resources. */

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

static void served_read_data(ServedCall *call) {
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

static void served_read_open(ServedCall *call) {
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

static void served_read_renew(ServedCall *call) {
    RenewRequest request = {call->request.private_data};
    RenewResponse response;
    Call slot = served_call_slot(call);
    slot.cancel = NULL;
    if (!object_type_renew(&slot, &request, &response, &call->diags))
        return;
    call->response.private_data = response.private_data;
    set_renewal(call, &slot, response.renew_at_ms);
}

static void served_read_close(ServedCall *call) {
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

static void served_read_function(ServedCall *call) {
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

/* Also of data sources and ephemeral resources. */
/* Managed resources. */

static void served_resource_validate(ServedCall *call) {
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

static void served_resource_upgrade(ServedCall *call) {
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

static void served_resource_read(ServedCall *call) {
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

static void served_resource_plan(ServedCall *call) {
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

static void served_resource_apply(ServedCall *call) {
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

static void served_resource_import(ServedCall *call) {
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

static void served_resource_move(ServedCall *call) {
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

static Str served_provider_schema_of(ServedProvider *served) {
    LOCKED(&served->lock);
    if (served->schema.len == 0)
        served->schema = served_schema_response(served->provider, served->arena);
    Str schema = served->schema;
    return schema;
}

/* Configuration. */

static bool read_configuration(ServedCall *call, Value *out) {
    const Provider *provider = call->served->provider;
    return served_call_decode(call, &provider->schema, call->request.config, "config",
                              SERVED_PRESENT, out) &&
           schema_validate(&provider->schema, *out, call->arena, &call->diags);
}

static void validate_provider(ServedCall *call) {
    const Provider *provider = call->served->provider;
    Value config;
    if (!read_configuration(call, &config) || !provider->validate)
        return;
    Call slot = served_call_slot(call);
    (void)provider->validate(&slot, &(ValidateRequest){config}, &call->diags);
}

/* Configures the provider. The caller holds the lock; no call has a client yet. */
static void configure_locked(ServedCall *call, Call *slot, Value config) {
    ServedProvider *served = call->served;
    const Provider *provider = served->provider;
    served->run = arena_open("served client");
    ConfigureRequest request = {.config = value_clone(config, served->run), .run = served->run};
    ConfigureResponse response = {0};
    Diags found = diags_new(call->arena);
    served->is_configured = true;
    vec_each(&call->secrets, secret) {
        vec_push(served->arena, &served->secrets, str_clone(*secret, served->arena));
    }
    bool is_ok = !provider->configure || provider->configure(slot, &request, &response, &found);
    served->client = response.client;
    served->fails_at_use = !is_ok && response.fails_at_use;
    if (served->fails_at_use) {
        served->failure = diags_new(served->arena);
        diags_append(&served->failure, &found);
        return;
    }
    diags_append(&call->diags, &found);
}

static void served_provider_configure(ServedCall *call) {
    ServedProvider *served = call->served;
    Value config;
    if (!read_configuration(call, &config))
        return;
    Call slot = served_call_slot(call);
    LOCKED(&served->lock);
    if (served->is_configured) {
        diags_error(&call->diags, NO_RANGE, "Provider already configured",
                    "ConfigureProvider can be called only once. Start another process for another "
                    "configuration.");
    } else if (!value_is_wholly_known(config)) {
        served->is_configured = served->is_deferred = true;
    } else {
        configure_locked(call, &slot, config);
    }
}

/* The table. */

enum { NO_MODE = -1 };

static const struct {
    void (*run)(ServedCall *call);
    int mode; /* of the type that the request names; NO_MODE: none */
} rows[] = {
    [PROTOCOL_VALIDATE_PROVIDER] = {validate_provider, NO_MODE},
    [PROTOCOL_CONFIGURE] = {served_provider_configure, NO_MODE},
    [PROTOCOL_VALIDATE_RESOURCE] = {served_resource_validate, MODE_MANAGED},
    [PROTOCOL_UPGRADE_RESOURCE] = {served_resource_upgrade, MODE_MANAGED},
    [PROTOCOL_READ_RESOURCE] = {served_resource_read, MODE_MANAGED},
    [PROTOCOL_PLAN_RESOURCE] = {served_resource_plan, MODE_MANAGED},
    [PROTOCOL_APPLY_RESOURCE] = {served_resource_apply, MODE_MANAGED},
    [PROTOCOL_IMPORT_RESOURCE] = {served_resource_import, MODE_MANAGED},
    [PROTOCOL_MOVE_RESOURCE] = {served_resource_move, MODE_MANAGED},
    [PROTOCOL_VALIDATE_DATA] = {served_resource_validate, MODE_DATA},
    [PROTOCOL_READ_DATA] = {served_read_data, MODE_DATA},
    [PROTOCOL_VALIDATE_EPHEMERAL] = {served_resource_validate, MODE_EPHEMERAL},
    [PROTOCOL_OPEN_EPHEMERAL] = {served_read_open, MODE_EPHEMERAL},
    [PROTOCOL_RENEW_EPHEMERAL] = {served_read_renew, MODE_EPHEMERAL},
    [PROTOCOL_CLOSE_EPHEMERAL] = {served_read_close, MODE_EPHEMERAL},
    [PROTOCOL_CALL_FUNCTION] = {served_read_function, NO_MODE},
};

static bool served_provider_find_type(ServedCall *call, int mode) {
    Str name = call->request.type_name;
    const Provider *provider = call->served->provider;
    if (mode == NO_MODE)
        return true;
    call->type = registry_find_type(provider, (ResourceMode)mode, name);
    if (call->type)
        return true;
    return diags_fail(&call->diags, NO_RANGE, "Unknown type",
                      "The provider %s has no %s \"%.*s\". Its version may differ from the one "
                      "that the schema came from.",
                      provider->name,
                      mode == MODE_MANAGED ? "resource type"
                      : mode == MODE_DATA  ? "data source"
                                           : "ephemeral resource type",
                      STR_ARG(str_slice(name, 0, 100)));
}

static void run_row(ServedProvider *served, ProtocolMethod method, Str message, RpcReply *reply,
                    Arena *arena) {
    int64_t began_ms = log_clock_ms();
    ServedCall call = {.served = served, .arena = arena, .diags = diags_new(arena)};
    call.response.error_argument = SIZE_MAX;
    if (!served_message_request(method, message, &call.request, arena)) {
        *reply = (RpcReply){.status = RPC_INTERNAL, .problem = STR("the request is damaged")};
        return;
    }
    LogContext outer = log_swap_context((LogContext){
        .address = call.request.type_name,
        .secrets = &call.secrets,
        .other_secrets = &served->secrets,
    });
    if (served_provider_find_type(&call, rows[method].mode))
        rows[method].run(&call);
    reply->message =
        served_message_response(method, &call.response, &call.diags, &call.secrets, arena);
    log_debug("served call", log_cstr("call", protocol_method_fields(method)->name),
              log_number("errors", (int64_t)call.diags.error_count), log_took(began_ms));
    (void)log_swap_context(outer);
}

/* The service. */

static const struct {
    const char *method;
    RpcServing serving;
} plain[] = {
    {"/grpc.health.v1.Health/Check", RPC_SERVES_AT_ONCE},
    {"/plugin.GRPCController/Shutdown", RPC_SERVES_END},
    {"/plugin.GRPCStdio/StreamStdio", RPC_SERVES_STREAM},
    {"/plugin.GRPCBroker/StartStream", RPC_SERVES_STREAM},
    {"/tfplugin6.Provider/StopProvider", RPC_SERVES_AT_ONCE},
    {"/tfplugin6.Provider/GetMetadata", RPC_SERVES_CALL},
    {"/tfplugin6.Provider/GetResourceIdentitySchemas", RPC_SERVES_CALL}, /* none: empty */
};

/* Returns false for calls that loam only makes: those about identities, lists and actions. */
static bool served_provider_is_served(ProtocolMethod method) {
    return method == PROTOCOL_GET_SCHEMA || method == PROTOCOL_GET_FUNCTIONS || rows[method].run;
}

static RpcServing served_provider_find(void *, Str method) {
    ProtocolMethod found;
    for (size_t i = 0; i < ARRAY_COUNT(plain); i++) {
        if (str_equal_cstr(method, plain[i].method))
            return plain[i].serving;
    }
    bool is_known = served_message_method(method, &found) && served_provider_is_served(found);
    return is_known ? RPC_SERVES_CALL : RPC_SERVES_NOT;
}

static Str encode_health(Arena *arena) {
    enum { STATUS = 1, SERVING = 1 };
    StrBuf out = strbuf_new(arena);
    wire_put_varint(&out, STATUS, SERVING);
    return strbuf_str(&out);
}

static void served_provider_run(void *self, Str method, Str message, RpcReply *reply,
                                Arena *arena) {
    ServedProvider *served = self;
    ProtocolMethod found;
    if (str_equal(method, STR("/grpc.health.v1.Health/Check"))) {
        reply->message = encode_health(arena);
    } else if (str_ends_with(method, STR("/StopProvider"))) {
        cancel_raise(served->cancel, CANCEL_STOP);
    } else if (str_ends_with(method, STR("/GetMetadata"))) {
        reply->message = served_schema_metadata(served->provider, arena);
    } else if (served_message_method(method, &found) && served_provider_is_served(found)) {
        if (found == PROTOCOL_GET_SCHEMA)
            reply->message = served_provider_schema_of(served);
        else if (found == PROTOCOL_GET_FUNCTIONS)
            reply->message = served_schema_functions(served->provider, arena);
        else
            run_row(served, found, message, reply, arena);
    }
}

static void served_provider_stop(void *self, CancelLevel level) {
    ServedProvider *served = self;
    cancel_raise(served->cancel, level);
}

RpcService served_provider_service(ServedProvider *served) {
    return (RpcService){.self = served,
                        .find = served_provider_find,
                        .call = served_provider_run,
                        .stop = served_provider_stop};
}

ServedProvider *served_provider_open(const Provider *provider, const Io *io) {
    Arena *arena = arena_open("served provider");
    ServedProvider *served = arena_new(arena, ServedProvider);
    served->arena = arena;
    served->provider = provider;
    served->io = io;
    served->cancel = cancel_open();
    pthread_mutex_init(&served->lock, NULL);
    return served;
}

void served_provider_close(ServedProvider *served) {
    if (served->client && served->provider->close)
        served->provider->close(served->client);
    arena_close(served->run);
    cancel_close(served->cancel);
    pthread_mutex_destroy(&served->lock);
    arena_close(served->arena);
}
