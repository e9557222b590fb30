/* foreign_provider: starts processes, configures them and indexes types. */
#include "foreign_provider.h"

#include "foreign_type.h"
#include "log.h"
#include "protocol_function.h"
#include "registry.h"
#include "thread.h"

/* Starts a process. The caller holds the lock, unless no other thread has the provider yet. Returns
 * NULL after adding an error. */
static ForeignClient *add_client(ForeignProvider *foreign, Diags *diags) {
    ForeignProcess *process = foreign_client_start(foreign, diags);
    if (!process)
        return NULL;
    ForeignClient *client = arena_new(foreign->arena, ForeignClient);
    client->owner = foreign;
    client->worker = foreign_client_worker(process, foreign->arena);
    ForeignClient **end = &foreign->clients;
    while (*end)
        end = &(*end)->next;
    *end = client;
    return client;
}

/* Functions. */

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

/* Implements Provider.find_function: decodes a signature at its first use. */
static const ProviderFunction *foreign_function_find(const Provider *provider, Str name) {
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

/* Configuration. */

static bool foreign_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    ForeignCall made = {.call = call, .method = PROTOCOL_VALIDATE_PROVIDER, .diags = diags};
    made.sent.type = schema_implied_type(&call->provider->schema);
    made.sent.config = request->config;
    return foreign_client_call(&made);
}

/* Returns an unused process with this configuration, else an unconfigured one, else a new one. */
static ForeignClient *claim_client(ForeignProvider *foreign, Str config, Diags *diags) {
    ForeignClient *chosen = NULL;
    LOCKED(&foreign->lock);
    for (ForeignClient *client = foreign->clients; client; client = client->next) {
        bool is_equal = client->config.len > 0 && str_equal(client->config, config);
        if (!client->is_in_use && is_equal) {
            chosen = client;
            break;
        }
        if (!client->is_in_use && client->config.len == 0 && !chosen)
            chosen = client;
    }
    if (!chosen)
        chosen = add_client(foreign, diags);
    if (chosen)
        chosen->is_in_use = true;
    return chosen;
}

static bool configure_client(const Call *call, ForeignClient *client,
                             const ProtocolRequest *request, Str config, Diags *diags) {
    ForeignProvider *foreign = client->owner;
    Call own = *call;
    own.client = client;
    ForeignCall made = {
        .call = &own, .method = PROTOCOL_CONFIGURE, .diags = diags, .sent = *request};
    if (!foreign_client_call(&made))
        return false;
    LOCKED(&foreign->lock);
    client->config = str_clone(config, foreign->arena);
    return true;
}

static bool foreign_configure(const Call *call, const ConfigureRequest *request,
                              ConfigureResponse *response, Diags *diags) {
    ForeignProvider *foreign = (ForeignProvider *)call->provider;
    ProtocolRequest sent = {.type = schema_implied_type(&call->provider->schema),
                            .allows_deferral = call->allows_deferral,
                            .config = request->config};
    Str config = protocol_message_request(PROTOCOL_CONFIGURE, &sent, call->arena);
    ForeignClient *client = claim_client(foreign, config, diags);
    if (!client)
        return false;
    /* After a failure the process stays in use: a process is configured at most once. */
    if (client->config.len == 0 && !configure_client(call, client, &sent, config, diags))
        return false;
    response->client = client;
    return true;
}

static void foreign_close(void *payload) {
    ForeignClient *client = payload;
    LOCKED(&client->owner->lock);
    client->is_in_use = false;
}

/* Names of types. */

/* Sets tables with names only; foreign_type_find decodes a type at its first lookup. */
static void set_names(ForeignProvider *foreign) {
    Arena *arena = foreign->arena;
    Provider *provider = &foreign->provider;
    const ProtocolSchemas *schemas = &foreign->schemas;
    size_t count = 0;
    for (ResourceMode mode = MODE_MANAGED; mode <= MODE_LIST; mode++)
        count += schemas->types[mode].count;
    const ObjectType **types = arena_new_array(arena, const ObjectType *, count);
    for (ResourceMode mode = MODE_MANAGED; mode <= MODE_LIST; mode++) {
        map_each(&schemas->types[mode], entry) {
            ObjectType *type = arena_new(arena, ObjectType);
            type->mode = mode;
            type->name = str_to_cstr(entry->key, arena);
            types[provider->type_count++] = type;
        }
    }
    ProviderFunction *functions =
        arena_new_array(arena, ProviderFunction, schemas->functions.count);
    map_each(&schemas->functions, entry) {
        functions[provider->function_count++].name = str_to_cstr(entry->key, arena);
    }
    provider->functions = functions;
    provider->types = types;
}

/* Opening. */

static bool report_schema(const ForeignProvider *foreign, Str error, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Failed to load plugin schemas",
                      "The provider %s cannot be used: %.*s.", foreign->provider.address,
                      STR_ARG(error));
}

/* Providers of older protocols have no identities. */
static bool read_identities(ForeignProvider *foreign, Diags *diags) {
    size_t before = diags->error_count;
    Str bytes;
    Str error = STR_EMPTY;
    ProtocolResponse response;
    ForeignRequest sent = {.method = PROTOCOL_GET_IDENTITY_SCHEMAS};
    ForeignOutcome outcome = foreign_process_call(foreign->clients->worker->process, &sent, &bytes,
                                                  NULL, foreign->arena, diags);
    if (outcome != FOREIGN_DONE)
        return outcome == FOREIGN_UNIMPLEMENTED;
    if (!protocol_message_response(PROTOCOL_GET_IDENTITY_SCHEMAS, bytes, &response, foreign->arena,
                                   diags) ||
        diags->error_count > before)
        return false;
    return protocol_schema_index_identities(bytes, &foreign->schemas, &error, foreign->arena) ||
           report_schema(foreign, error, diags);
}

static bool read_schemas(ForeignProvider *foreign, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("provider schema");
    size_t before = diags->error_count;
    Str bytes;
    Str error = STR_EMPTY;
    ProtocolResponse response;
    ForeignProcess *process = foreign->clients->worker->process;
    ForeignRequest sent = {.method = PROTOCOL_GET_SCHEMA};
    ForeignOutcome outcome =
        foreign_process_call(process, &sent, &bytes, NULL, foreign->arena, diags);
    if (outcome == FOREIGN_UNIMPLEMENTED)
        return report_schema(foreign, STR("it has no schema"), diags);
    if (outcome == FOREIGN_FAILED ||
        !protocol_message_response(PROTOCOL_GET_SCHEMA, bytes, &response, scratch, diags) ||
        diags->error_count > before)
        return false;
    if (!protocol_schema_index(bytes, &foreign->schemas, &error, foreign->arena))
        return report_schema(foreign, error, diags);
    if (!protocol_schema_decode(foreign->schemas.provider, &foreign->provider.schema, &error,
                                foreign->arena))
        return report_schema(foreign, error, diags);
    Schema *meta = arena_new(foreign->arena, Schema);
    if (foreign->schemas.provider_meta.ptr &&
        protocol_schema_decode(foreign->schemas.provider_meta, meta, &error, foreign->arena))
        foreign->meta_type = schema_implied_type(meta);
    set_names(foreign);
    return foreign->schemas.types[MODE_MANAGED].count == 0 || read_identities(foreign, diags);
}

ForeignProvider *foreign_provider_open(Str address, const ForeignProgram *program, const Io *io,
                                       Diags *diags) {
    Arena *arena = arena_open("foreign provider");
    ForeignProvider *foreign = arena_new(arena, ForeignProvider);
    foreign->arena = arena;
    foreign->io = io;
    foreign->program = (ForeignProgram){
        .cancel = program->cancel,
        .name = str_clone(program->name, arena),
        .program = str_clone(program->program, arena),
        .descriptor = program->descriptor,
        .socket = str_clone(program->socket, arena),
        .protocol = program->protocol,
    };
    foreign->provider = (Provider){
        .name = str_to_cstr(registry_local_name(address), arena),
        .address = str_to_cstr(address, arena),
        .description = "",
        .accepts_unknown = true,
        .validate = foreign_validate,
        .configure = foreign_configure,
        .close = foreign_close,
        .find_type = foreign_type_find,
        .find_function = foreign_function_find,
    };
    pthread_mutex_init(&foreign->lock, NULL);
    if (add_client(foreign, diags) && read_schemas(foreign, diags))
        return foreign;
    foreign_provider_close(foreign);
    return NULL;
}

void foreign_provider_close(ForeignProvider *foreign) {
    for (ForeignClient *client = foreign->clients; client; client = client->next)
        foreign_process_end(client->worker->process);
    pthread_mutex_destroy(&foreign->lock);
    arena_close(foreign->arena);
}
