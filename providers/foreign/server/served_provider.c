/* served_provider: finds the function of a call in a table, decodes its request and encodes its
 * response. */
#include "served_provider.h"

#include "log.h"
#include "registry.h"
#include "served_read.h"
#include "served_resource.h"
#include "served_schema.h"
#include "thread.h"
#include "wire.h"

/* Schemas. */

static void served_provider_put_capabilities(StrBuf *out, uint32_t number) {
    enum { PLAN_DESTROY = 1, SCHEMA_OPTIONAL = 2, MOVE = 3 };
    size_t message = wire_begin(out, number);
    wire_put_varint(out, PLAN_DESTROY, true);
    wire_put_varint(out, SCHEMA_OPTIONAL, true);
    wire_put_varint(out, MOVE, true);
    wire_end(out, message);
}

static const struct {
    ResourceMode mode;
    uint32_t number;   /* in the response to GetProviderSchema */
    uint32_t metadata; /* in the response to GetMetadata */
} modes[] = {
    {MODE_MANAGED, 2, 4},
    {MODE_DATA, 3, 3},
    {MODE_EPHEMERAL, 8, 6},
};

static Str encode_schema(const Provider *provider, Arena *arena) {
    enum { PROVIDER = 1, CAPABILITIES = 6, FUNCTIONS = 7 };
    StrBuf out = strbuf_new(arena);
    served_schema_put(&out, PROVIDER, &provider->schema, arena);
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        StrVec names = registry_type_names(provider, modes[i].mode, arena);
        vec_each(&names, name) {
            const ObjectType *type = registry_find_type(provider, modes[i].mode, *name);
            served_schema_put_entry(&out, modes[i].number, type->name, &type->schema, arena);
        }
    }
    served_provider_put_capabilities(&out, CAPABILITIES);
    for (size_t i = 0; i < provider->function_count; i++)
        served_schema_put_function(&out, FUNCTIONS, &provider->functions[i], arena);
    return strbuf_str(&out);
}

static Str served_provider_schema_of(ServedProvider *served) {
    LOCKED(&served->lock);
    if (served->schema.len == 0)
        served->schema = encode_schema(served->provider, served->arena);
    Str schema = served->schema;
    return schema;
}

static void put_name(StrBuf *out, uint32_t number, Str name) {
    enum { NAME = 1 };
    size_t message = wire_begin(out, number);
    wire_put_bytes(out, NAME, name);
    wire_end(out, message);
}

static Str encode_metadata(const Provider *provider, Arena *arena) {
    enum { CAPABILITIES = 1, FUNCTIONS = 5 };
    StrBuf out = strbuf_new(arena);
    served_provider_put_capabilities(&out, CAPABILITIES);
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        StrVec names = registry_type_names(provider, modes[i].mode, arena);
        vec_each(&names, name) {
            put_name(&out, modes[i].metadata, *name);
        }
    }
    for (size_t i = 0; i < provider->function_count; i++)
        put_name(&out, FUNCTIONS, str_from_cstr(provider->functions[i].name));
    return strbuf_str(&out);
}

static Str encode_functions(const Provider *provider, Arena *arena) {
    enum { FUNCTIONS = 1 };
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < provider->function_count; i++)
        served_schema_put_function(&out, FUNCTIONS, &provider->functions[i], arena);
    return strbuf_str(&out);
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
        reply->message = encode_metadata(served->provider, arena);
    } else if (served_message_method(method, &found) && served_provider_is_served(found)) {
        if (found == PROTOCOL_GET_SCHEMA)
            reply->message = served_provider_schema_of(served);
        else if (found == PROTOCOL_GET_FUNCTIONS)
            reply->message = encode_functions(served->provider, arena);
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
