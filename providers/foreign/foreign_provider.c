/* foreign_provider: processes, lookup of types, configuration. */
#include "foreign_provider.h"

#include "foreign_function.h"
#include "foreign_type.h"
#include "log.h"
#include "registry.h"

/* Starts a process; called under the lock, or before others know the provider. */

static ForeignClient *add_client(ForeignProvider *foreign, Diags *diags) {
    ForeignProcess *process = foreign_process_start(&foreign->program, foreign->io, diags);
    if (!process)
        return NULL;
    ForeignClient *client = arena_new(foreign->arena, ForeignClient);
    client->owner = foreign;
    client->process = process;
    ForeignClient **end = &foreign->clients;
    while (*end)
        end = &(*end)->next;
    *end = client;
    return client;
}

ForeignClient *foreign_provider_client(const Call *call) {
    if (call->client)
        return call->client;
    return ((const ForeignProvider *)call->provider)->clients;
}

/* Calls. */

/* The user interrupted the run: the provider is asked once to end its calls, which then respond. */
static void interrupt(void *payload) {
    ForeignClient *client = payload;
    if (!__atomic_exchange_n(&client->is_interrupted, true, __ATOMIC_SEQ_CST))
        foreign_process_interrupt(client->process);
}

/* A path that ends at a block type, and not at one of its blocks, is a diagnostic about the object
 * around them, because there may be no block. */
static Path path_of_object(const Schema *schema, Path path) {
    size_t i = 0;
    while (i < path.count && !path.steps[i].is_index) {
        const Block *block = schema_find_block(schema, path.steps[i].name);
        if (!block)
            break;
        if (block->nesting == NEST_SINGLE) {
            i++;
        } else if (i + 1 == path.count) {
            return (Path){path.steps, i};
        } else {
            i += 2; /* the index of the block */
        }
        schema = &block->schema;
    }
    return path;
}

static void place_diagnostics(const Call *call, size_t from, Diags *diags) {
    for (size_t i = from; call->type.schema && i < diags->count; i++) {
        Diag *diag = &diags->items[i];
        Path path = path_parse(diag->path, call->arena);
        Path kept = path_of_object(call->type.schema, path);
        if (kept.count < path.count)
            diag->path = kept.count ? path_to_str(kept, diags->arena) : STR_EMPTY;
    }
}

bool foreign_provider_call(const Call *call,
                           ProtocolMethod method,
                           const ProtocolRequest *request,
                           ProtocolResponse *response,
                           bool *is_lost,
                           Diags *diags) {
    ForeignClient *client = foreign_provider_client(call);
    ForeignInterrupt stop = {call->cancel, interrupt, client};
    size_t before = diags->count;
    ForeignOutcome outcome = foreign_process_call(client->process, method, request, &stop, response,
                                                  is_lost, call->arena, diags);
    place_diagnostics(call, before, diags);
    if (outcome == FOREIGN_UNIMPLEMENTED)
        diags_error(diags, NO_RANGE, "Unsupported plugin method",
                    "The provider %s does not support the call %s.", call->provider->address,
                    protocol_method_fields(method)->name);
    return outcome == FOREIGN_DONE;
}

/* Values. */

static Value normalize(const Schema *schema, Value object, Arena *arena);

static Value normalize_items(const Block *block, Value v, Arena *arena) {
    Value *items = value_copy_items(v, arena);
    bool is_changed = false;
    for (size_t i = 0; i < v.count; i++) {
        Value item = normalize(&block->schema, items[i], arena);
        is_changed = is_changed || !value_equal(item, items[i]);
        items[i] = item;
    }
    return is_changed ? value_with_items(v, items, arena) : v;
}

static Value normalize_block(const Block *block, Value v, Value empty, Arena *arena) {
    if (value_is_null(v))
        return empty;
    if (!value_is_known(v))
        return v;
    return block->nesting == NEST_SINGLE ? normalize(&block->schema, v, arena)
                                         : normalize_items(block, v, arena);
}

/* Blocks are never null, except a single one. */
static Value normalize(const Schema *schema, Value object, Arena *arena) {
    if (!value_is_present(object) || schema->block_count == 0)
        return object;
    Value empty = schema_empty_value(schema, arena);
    Value *items = value_copy_items(object, arena);
    bool is_changed = false;
    for (size_t i = 0; i < schema->block_count; i++) {
        size_t at;
        if (!type_find_attribute(object.type, str_from_cstr(schema->blocks[i].name), &at))
            continue;
        Value block = normalize_block(&schema->blocks[i], items[at], value_at(empty, at), arena);
        is_changed = is_changed || !value_equal(block, items[at]);
        items[at] = block;
    }
    return is_changed ? value_with_items(object, items, arena) : object;
}

bool foreign_provider_value(const Call *call,
                            const ProtocolResponse *response,
                            const char *method,
                            Value *out,
                            Diags *diags) {
    const Schema *schema = call->type.schema;
    Str error = STR("the value is missing");
    Value v;
    if (response->has_state && protocol_message_value(response->state, schema_implied_type(schema),
                                                      &v, &error, call->arena)) {
        *out = normalize(schema, v, call->arena);
        return true;
    }
    diags_error(diags, NO_RANGE, "Provider produced invalid object",
                "The response of the provider %s to %s is no object of the type %s: %.*s. This is "
                "a mistake in the provider; please report it to its developers.",
                call->provider->address, method, call->type.name, STR_ARG(error));
    return false;
}

/* Configuration. */

static bool foreign_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    ProtocolRequest sent = {.type = schema_implied_type(&call->provider->schema),
                            .config = request->config};
    ProtocolResponse response;
    return foreign_provider_call(call, PROTOCOL_VALIDATE_PROVIDER, &sent, &response, NULL, diags);
}

/* Returns a process for this configuration: one that has it, or else one without any. */
static ForeignClient *claim_client(ForeignProvider *foreign, Str config, Diags *diags) {
    ForeignClient *chosen = NULL;
    pthread_mutex_lock(&foreign->lock);
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
    pthread_mutex_unlock(&foreign->lock);
    return chosen;
}

static bool configure_client(const Call *call,
                             ForeignClient *client,
                             const ProtocolRequest *request,
                             Str config,
                             Diags *diags) {
    ForeignProvider *foreign = client->owner;
    Call made = *call;
    ProtocolResponse response;
    made.client = client;
    if (client != foreign->clients && !foreign->schemas.is_schema_optional) {
        /* An old provider reads its own schema only when asked for it. */
        Str ignored;
        Str message = STR_EMPTY;
        (void)foreign_process_call_raw(client->process, PROTOCOL_GET_SCHEMA, message, NULL,
                                       &ignored, NULL, call->arena, diags);
    }
    if (!foreign_provider_call(&made, PROTOCOL_CONFIGURE, request, &response, NULL, diags))
        return false;
    pthread_mutex_lock(&foreign->lock);
    client->config = str_clone(config, foreign->arena);
    pthread_mutex_unlock(&foreign->lock);
    return true;
}

static bool foreign_configure(const Call *call,
                              const ConfigureRequest *request,
                              ConfigureResponse *response,
                              Diags *diags) {
    ForeignProvider *foreign = (ForeignProvider *)call->provider;
    ProtocolRequest sent = {.type = schema_implied_type(&call->provider->schema),
                            .config = request->config};
    Str config = protocol_message_request(PROTOCOL_CONFIGURE, &sent, call->arena);
    ForeignClient *client = claim_client(foreign, config, diags);
    if (!client)
        return false;
    response->client = client;
    if (client->config.len > 0)
        return true;
    if (configure_client(call, client, &sent, config, diags))
        return true;
    pthread_mutex_lock(&foreign->lock);
    client->is_in_use = false;
    pthread_mutex_unlock(&foreign->lock);
    return false;
}

static void foreign_close(void *payload) {
    ForeignClient *client = payload;
    pthread_mutex_lock(&client->owner->lock);
    client->is_in_use = false;
    pthread_mutex_unlock(&client->owner->lock);
}

/* Types. */

/* Returns the schema of a type that exists, decoded; an empty one if it is damaged. */
static const Schema *decode_type(ForeignProvider *foreign, const Str *encoded, Str name) {
    Schema *schema = arena_new(foreign->arena, Schema);
    Str error = STR_EMPTY;
    if (!protocol_schema_decode(*encoded, schema, &error, foreign->arena))
        log_event(LOG_ERROR, "schema of a provider", log_text("type", name),
                  log_text("problem", error));
    return schema;
}

static const void *make_type(ForeignProvider *foreign,
                             ResourceMode mode,
                             const Str *encoded,
                             Str name) {
    const char *text = str_to_cstr(name, foreign->arena);
    const Schema *schema = decode_type(foreign, encoded, name);
    switch (mode) {
    case MODE_MANAGED:
        return foreign_type_resource(text, schema, foreign->schemas.plans_destroy, foreign->arena);
    case MODE_DATA: return foreign_type_data(text, schema, foreign->arena);
    case MODE_EPHEMERAL: return foreign_type_ephemeral(text, schema, foreign->arena);
    }
    return NULL;
}

static bool foreign_find_type(const Provider *provider,
                              ResourceMode mode,
                              Str name,
                              ObjectType *out) {
    ForeignProvider *foreign = (ForeignProvider *)provider;
    Map *decoded = mode == MODE_MANAGED ? &foreign->resources
                   : mode == MODE_DATA  ? &foreign->data_sources
                                        : &foreign->ephemerals;
    const Map *encoded = mode == MODE_MANAGED ? &foreign->schemas.resources
                         : mode == MODE_DATA  ? &foreign->schemas.data_sources
                                              : &foreign->schemas.ephemerals;
    pthread_mutex_lock(&foreign->lock);
    const void *type = map_find(decoded, name);
    const Str *bytes = type ? NULL : map_find(encoded, name);
    if (bytes) {
        type = make_type(foreign, mode, bytes, name);
        map_put(foreign->arena, decoded, str_clone(name, foreign->arena), (void *)type);
    }
    pthread_mutex_unlock(&foreign->lock);
    const ResourceType *resource = type;
    const DataSourceType *data = type;
    const EphemeralType *ephemeral = type;
    if (!type)
        return false;
    if (mode == MODE_MANAGED)
        *out =
            (ObjectType){.name = resource->name, .schema = &resource->schema, .resource = resource};
    else if (mode == MODE_DATA)
        *out = (ObjectType){.name = data->name, .schema = &data->schema, .data_source = data};
    else
        *out = (ObjectType){
            .name = ephemeral->name, .schema = &ephemeral->schema, .ephemeral = ephemeral};
    return true;
}

/* The tables have names only; types are decoded when they are looked up. */
static void set_names(ForeignProvider *foreign) {
    Arena *arena = foreign->arena;
    Provider *provider = &foreign->provider;
    size_t counts[] = {foreign->schemas.resources.count, foreign->schemas.data_sources.count,
                       foreign->schemas.ephemerals.count};
    const ResourceType **resources = arena_new_array(arena, const ResourceType *, counts[0]);
    const DataSourceType **data = arena_new_array(arena, const DataSourceType *, counts[1]);
    const EphemeralType **ephemerals = arena_new_array(arena, const EphemeralType *, counts[2]);
    map_each(&foreign->schemas.resources, entry) {
        ResourceType *type = arena_new(arena, ResourceType);
        type->name = str_to_cstr(entry->key, arena);
        resources[provider->resource_count++] = type;
    }
    map_each(&foreign->schemas.data_sources, entry) {
        DataSourceType *type = arena_new(arena, DataSourceType);
        type->name = str_to_cstr(entry->key, arena);
        data[provider->data_source_count++] = type;
    }
    map_each(&foreign->schemas.ephemerals, entry) {
        EphemeralType *type = arena_new(arena, EphemeralType);
        type->name = str_to_cstr(entry->key, arena);
        ephemerals[provider->ephemeral_count++] = type;
    }
    ProviderFunction *functions =
        arena_new_array(arena, ProviderFunction, foreign->schemas.functions.count);
    map_each(&foreign->schemas.functions, entry) {
        functions[provider->function_count++].name = str_to_cstr(entry->key, arena);
    }
    provider->functions = functions;
    provider->resources = resources;
    provider->data_sources = data;
    provider->ephemerals = ephemerals;
}

/* Opening. */

static bool report_schema(const ForeignProvider *foreign, Str error, Diags *diags) {
    diags_error(diags, NO_RANGE, "Failed to load plugin schemas",
                "The provider %s cannot be used: %.*s.", foreign->provider.address, STR_ARG(error));
    return false;
}

static bool read_schemas(ForeignProvider *foreign, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("provider schema");
    size_t before = diags->error_count;
    Str bytes;
    Str error = STR_EMPTY;
    ProtocolResponse response;
    ForeignProcess *process = foreign->clients->process;
    ForeignOutcome outcome = foreign_process_call_raw(process, PROTOCOL_GET_SCHEMA, STR_EMPTY, NULL,
                                                      &bytes, NULL, foreign->arena, diags);
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
    return true;
}

ForeignProvider *foreign_provider_open(Str address,
                                       const ForeignProgram *program,
                                       const Io *io,
                                       Diags *diags) {
    Arena *arena = arena_open("foreign provider");
    ForeignProvider *foreign = arena_new(arena, ForeignProvider);
    foreign->arena = arena;
    foreign->io = io;
    foreign->program = (ForeignProgram){
        .name = str_clone(program->name, arena),
        .program = str_clone(program->program, arena),
        .socket = str_clone(program->socket, arena),
        .protocol = program->protocol,
    };
    foreign->provider = (Provider){
        .name = str_to_cstr(registry_local_name(address), arena),
        .address = str_to_cstr(address, arena),
        .description = "",
        .validate = foreign_validate,
        .configure = foreign_configure,
        .close = foreign_close,
        .find_type = foreign_find_type,
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
        foreign_process_end(client->process);
    pthread_mutex_destroy(&foreign->lock);
    arena_close(foreign->arena);
}
