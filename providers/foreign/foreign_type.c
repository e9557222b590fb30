/* foreign_type: the slots of data sources, ephemeral resources and actions; decodes types at their
 * first use. */
#include "foreign_type.h"

#include "action_type.h"
#include "foreign_list.h"
#include "foreign_object.h"
#include "foreign_resource.h"
#include "log.h"

/* Data sources. */

static bool data_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return foreign_object_validate(PROTOCOL_VALIDATE_DATA, call, request, diags);
}

static bool foreign_type_data_read(const Call *call, const DataReadRequest *request,
                                   DataReadResponse *response, Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.config = request->config;
    if (!foreign_client_call(call, PROTOCOL_READ_DATA, &sent, &received, NULL, diags))
        return false;
    response->deferral = foreign_object_deferral(&received);
    if (response->deferral)
        return true;
    if (!foreign_object_read(call, &received, "ReadDataSource", &response->state, diags))
        return false;
    if (value_is_null(response->state)) {
        diags_error(diags, NO_RANGE, "Provider produced null object",
                    "The provider %s returned nothing for the data source %s. This is a mistake "
                    "in the provider; please report it to its developers.",
                    call->provider->address, call->type.name);
        return false;
    }
    return foreign_object_check_known(call, response->state, "ReadDataSource", diags);
}

static const DataSourceType *make_data(const char *name, const Schema *schema, Arena *arena) {
    DataSourceType *type = arena_new(arena, DataSourceType);
    *type = (DataSourceType){
        .name = name, .schema = *schema, .validate = data_validate, .read = foreign_type_data_read};
    return type;
}

/* Ephemeral resources. */

static bool ephemeral_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return foreign_object_validate(PROTOCOL_VALIDATE_EPHEMERAL, call, request, diags);
}

/* Converts the wall time of the protocol to monotonic time in milliseconds. */
static int64_t foreign_type_renewal_of(const Call *call, const ProtocolResponse *received) {
    const Clock *clock = call->io->clock;
    if (!received->has_renew_at)
        return 0;
    int64_t left = received->renew_at_ms - clock->now_ms(clock->self);
    return clock->monotonic_ms(clock->self) + (left > 0 ? left : 0);
}

static bool ephemeral_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                           Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.config = request->config;
    if (!foreign_client_call(call, PROTOCOL_OPEN_EPHEMERAL, &sent, &received, NULL, diags))
        return false;
    response->deferral = foreign_object_deferral(&received);
    if (response->deferral)
        return true;
    if (!foreign_object_read(call, &received, "OpenEphemeralResource", &response->result, diags))
        return false;
    response->private_data = received.private_data;
    response->renew_at_ms = foreign_type_renewal_of(call, &received);
    return true;
}

static bool ephemeral_renew(const Call *call, const RenewRequest *request, RenewResponse *response,
                            Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.private_data = request->private_data;
    if (!foreign_client_call(call, PROTOCOL_RENEW_EPHEMERAL, &sent, &received, NULL, diags))
        return false;
    response->private_data = received.private_data;
    response->renew_at_ms = foreign_type_renewal_of(call, &received);
    return true;
}

static bool ephemeral_close(const Call *call, const CloseRequest *request, Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.private_data = request->private_data;
    return foreign_client_call(call, PROTOCOL_CLOSE_EPHEMERAL, &sent, &received, NULL, diags);
}

static const EphemeralType *make_ephemeral(const char *name, const Schema *schema, Arena *arena) {
    EphemeralType *type = arena_new(arena, EphemeralType);
    *type = (EphemeralType){
        .name = name,
        .schema = *schema,
        .validate = ephemeral_validate,
        .open = ephemeral_open,
        .renew = ephemeral_renew,
        .close = ephemeral_close,
    };
    return type;
}

/* Actions. */

static bool action_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return foreign_object_validate(PROTOCOL_VALIDATE_ACTION, call, request, diags);
}

static bool action_plan(const Call *call, const ActionRequest *request, ActionResponse *response,
                        Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    ProtocolResponse received;
    sent.config = request->config;
    if (!foreign_client_call(call, PROTOCOL_PLAN_ACTION, &sent, &received, NULL, diags))
        return false;
    response->deferral = foreign_object_deferral(&received);
    return true;
}

static bool action_invoke(const Call *call, const ActionRequest *request, Diags *diags) {
    ProtocolRequest sent = foreign_object_request(call);
    sent.config = request->config;
    return foreign_client_invoke(call, &sent, diags);
}

static const ActionType *make_action(const char *name, const Schema *schema, Arena *arena) {
    ActionType *type = arena_new(arena, ActionType);
    *type = (ActionType){
        .name = name,
        .schema = *schema,
        .validate = action_validate,
        .plan = action_plan,
        .invoke = action_invoke,
    };
    return type;
}

/* Lookup. */

/* Returns the decoded schema of a type; an empty schema if the encoding is damaged. */
static const Schema *foreign_type_decode_type(ForeignProvider *foreign, const Str *encoded,
                                              Str name) {
    Schema *schema = arena_new(foreign->arena, Schema);
    Str error = STR_EMPTY;
    if (!protocol_schema_decode(*encoded, schema, &error, foreign->arena))
        log_event(LOG_ERROR, "schema of a provider", log_text("type", name),
                  log_text("problem", error));
    return schema;
}

static const void *make_type(ForeignProvider *foreign, ResourceMode mode, const Str *encoded,
                             Str name) {
    const char *text = str_to_cstr(name, foreign->arena);
    const Schema *schema = foreign_type_decode_type(foreign, encoded, name);
    switch (mode) {
    case MODE_MANAGED: return foreign_resource_new(text, schema, &foreign->schemas, foreign->arena);
    case MODE_DATA: return make_data(text, schema, foreign->arena);
    case MODE_EPHEMERAL: return make_ephemeral(text, schema, foreign->arena);
    case MODE_ACTION: return make_action(text, schema, foreign->arena);
    case MODE_LIST: return foreign_list_new(text, schema, foreign->arena);
    }
    return NULL;
}

/* The types of one mode. */
typedef struct TypeMaps {
    const Map *encoded;
    Map *decoded;
} TypeMaps;

static TypeMaps maps_of(ForeignProvider *foreign, ResourceMode mode) {
    ProtocolSchemas *schemas = &foreign->schemas;
    switch (mode) {
    case MODE_MANAGED: return (TypeMaps){&schemas->resources, &foreign->resources};
    case MODE_DATA: return (TypeMaps){&schemas->data_sources, &foreign->data_sources};
    case MODE_EPHEMERAL: return (TypeMaps){&schemas->ephemerals, &foreign->ephemerals};
    case MODE_ACTION: return (TypeMaps){&schemas->actions, &foreign->actions};
    case MODE_LIST: return (TypeMaps){&schemas->lists, &foreign->lists};
    }
    return (TypeMaps){0};
}

static ObjectType object_type_of(ResourceMode mode, const void *type) {
    const ResourceType *resource = type;
    const DataSourceType *data = type;
    const EphemeralType *ephemeral = type;
    const ActionType *action = type;
    const ListType *list = type;
    switch (mode) {
    case MODE_MANAGED:
        return (ObjectType){
            .name = resource->name, .schema = &resource->schema, .resource = resource};
    case MODE_DATA:
        return (ObjectType){.name = data->name, .schema = &data->schema, .data_source = data};
    case MODE_EPHEMERAL:
        return (ObjectType){
            .name = ephemeral->name, .schema = &ephemeral->schema, .ephemeral = ephemeral};
    case MODE_ACTION:
        return (ObjectType){.name = action->name, .schema = &action->schema, .action = action};
    case MODE_LIST: return (ObjectType){.name = list->name, .schema = &list->schema, .list = list};
    }
    return (ObjectType){0};
}

bool foreign_type_find(const Provider *provider, ResourceMode mode, Str name, ObjectType *out) {
    ForeignProvider *foreign = (ForeignProvider *)provider;
    TypeMaps maps = maps_of(foreign, mode);
    pthread_mutex_lock(&foreign->lock);
    const void *type = map_find(maps.decoded, name);
    const Str *bytes = type ? NULL : map_find(maps.encoded, name);
    if (bytes) {
        type = make_type(foreign, mode, bytes, name);
        map_put(foreign->arena, maps.decoded, str_clone(name, foreign->arena), (void *)type);
    }
    pthread_mutex_unlock(&foreign->lock);
    if (type)
        *out = object_type_of(mode, type);
    return type != NULL;
}
