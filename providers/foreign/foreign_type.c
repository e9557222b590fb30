/* foreign_type: the slots of data sources, ephemeral resources and actions; decodes types at their
 * first use. */
#include "foreign_type.h"

#include "foreign_object.h"
#include "log.h"
#include "registry.h"
#include "thread.h"

/* Receives the found objects as messages of a stream. */

/* Messages without an object carry diagnostics. More of them than this are an endless stream. */
enum { EMPTY_MAX = 1000 };

typedef struct Search {
    Call call; /* with the managed type; its arena is of one message */
    const ListRequest *request;
    const ListSink *sink;
    Diags *diags;
    size_t empty_count;
} Search;

static bool foreign_list_report_missing(const Search *search, const char *missing) {
    return diags_fail(search->diags, NO_RANGE, "Provider produced invalid list",
                      "The provider %s listed an object of the type %s without %s. This is a "
                      "mistake in the provider; please report it to its developers.",
                      search->call.provider->address, search->call.type->name, missing);
}

static bool foreign_list_accept_empty(Search *search, size_t before) {
    if (search->diags->warning_count == before)
        return foreign_list_report_missing(search, "its identity");
    if (++search->empty_count <= EMPTY_MAX)
        return true;
    return diags_fail(search->diags, NO_RANGE, "Provider produced invalid list",
                      "The provider %s sent more than %d warnings and no object. This is a mistake "
                      "in the provider; please report it to its developers.",
                      search->call.provider->address, EMPTY_MAX);
}

static bool foreign_list_read_object(const Search *search, const ForeignCall *event,
                                     ListedObject *out) {
    if (!search->request->includes_objects || !event->received.has_state)
        return true;
    return foreign_object_read(event, &out->object) &&
           foreign_object_check_known(event, out->object);
}

static bool foreign_list_receive(void *payload, Str message) {
    Search *search = payload;
    Diags *diags = search->diags;
    ForeignCall event = {.call = &search->call, .method = PROTOCOL_LIST, .diags = diags};
    size_t warnings = diags->warning_count;
    size_t errors = diags->error_count;
    arena_reset(search->call.arena);
    if (call_is_cancelled(&search->call) ||
        !protocol_message_response(PROTOCOL_LIST, message, &event.received, search->call.arena,
                                   diags) ||
        diags->error_count > errors)
        return false;
    if (!event.received.has_identity)
        return foreign_list_accept_empty(search, warnings);
    ListedObject found = {.display_name = event.received.display_name};
    return foreign_object_read_known_identity(&event, &found.identity) &&
           foreign_list_read_object(search, &event, &found) &&
           search->sink->add(search->sink->payload, &found);
}

static bool list_objects(const Call *call, const ListRequest *request, const ListSink *sink,
                         Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("listed object");
    Search search = {.call = *call, .request = request, .sink = sink, .diags = diags};
    ForeignCall made = foreign_object_call(call, PROTOCOL_LIST, diags);
    size_t errors = diags->error_count;
    made.sent.config = request->config;
    made.sent.includes_objects = request->includes_objects;
    made.sent.limit = request->limit;
    const ResourceType *type =
        registry_find_resource(call->provider, str_from_cstr(call->type->name));
    if (!type || !type->identity)
        return diags_fail(diags, NO_RANGE, "Provider has no identity of listed objects",
                          "The provider %s lists objects of the type %s, which have no identity. "
                          "This is a mistake in the provider; please report it to its developers.",
                          call->provider->address, call->type->name);
    search.call.type = &type->type;
    search.call.arena = scratch;
    return foreign_client_stream(&made, foreign_list_receive, &search) &&
           diags->error_count == errors;
}

static ObjectType *foreign_list_new(Arena *arena) {
    ListType *type = arena_new(arena, ListType);
    type->list = list_objects;
    return &type->type;
}

/* Data sources. */

static bool foreign_type_data_read(const Call *call, const DataReadRequest *request,
                                   DataReadResponse *response, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_READ_DATA, diags);
    made.sent.config = request->config;
    if (!foreign_client_call(&made))
        return false;
    response->deferral = foreign_object_deferral(&made.received);
    if (response->deferral)
        return true;
    if (!foreign_object_read(&made, &response->state))
        return false;
    if (value_is_null(response->state))
        return diags_fail(diags, NO_RANGE, "Provider produced null object",
                          "The provider %s returned nothing for the data source %s. This is a "
                          "mistake in the provider; please report it to its developers.",
                          call->provider->address, call->type->name);
    return foreign_object_check_known(&made, response->state);
}

static ObjectType *make_data(Arena *arena) {
    DataSourceType *type = arena_new(arena, DataSourceType);
    type->read = foreign_type_data_read;
    return &type->type;
}

/* Ephemeral resources. */

/* Converts the wall time of the protocol to monotonic time in milliseconds. */
static int64_t foreign_type_renewal_of(const ForeignCall *made) {
    const Clock *clock = made->call->io->clock;
    if (!made->received.has_renew_at)
        return 0;
    int64_t left = made->received.renew_at_ms - clock->now_ms(clock->self);
    return clock->monotonic_ms(clock->self) + (left > 0 ? left : 0);
}

static bool ephemeral_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                           Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_OPEN_EPHEMERAL, diags);
    made.sent.config = request->config;
    if (!foreign_client_call(&made))
        return false;
    response->deferral = foreign_object_deferral(&made.received);
    if (response->deferral)
        return true;
    if (!foreign_object_read(&made, &response->result))
        return false;
    response->private_data = made.received.private_data;
    response->renew_at_ms = foreign_type_renewal_of(&made);
    return true;
}

static bool ephemeral_renew(const Call *call, const RenewRequest *request, RenewResponse *response,
                            Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_RENEW_EPHEMERAL, diags);
    made.sent.private_data = request->private_data;
    if (!foreign_client_call(&made))
        return false;
    response->private_data = made.received.private_data;
    response->renew_at_ms = foreign_type_renewal_of(&made);
    return true;
}

static bool ephemeral_close(const Call *call, const CloseRequest *request, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_CLOSE_EPHEMERAL, diags);
    made.sent.private_data = request->private_data;
    return foreign_client_call(&made);
}

static ObjectType *make_ephemeral(Arena *arena) {
    EphemeralType *type = arena_new(arena, EphemeralType);
    type->open = ephemeral_open;
    type->renew = ephemeral_renew;
    type->close = ephemeral_close;
    return &type->type;
}

/* Actions. */

static bool action_plan(const Call *call, const ActionRequest *request, ActionResponse *response,
                        Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_PLAN_ACTION, diags);
    made.sent.config = request->config;
    if (!foreign_client_call(&made))
        return false;
    response->deferral = foreign_object_deferral(&made.received);
    return true;
}

static bool action_invoke(const Call *call, const ActionRequest *request, Diags *diags) {
    ForeignCall made = foreign_object_call(call, PROTOCOL_INVOKE_ACTION, diags);
    made.sent.config = request->config;
    return foreign_client_invoke(&made);
}

static ObjectType *make_action(Arena *arena) {
    ActionType *type = arena_new(arena, ActionType);
    type->plan = action_plan;
    type->invoke = action_invoke;
    return &type->type;
}

/* Lookup. */

/* Returns a type with its slots. */
static ObjectType *make_kind(ForeignProvider *foreign, ResourceMode mode, Str name) {
    switch (mode) {
    case MODE_MANAGED: return foreign_resource_new(name, &foreign->schemas, foreign->arena);
    case MODE_DATA: return make_data(foreign->arena);
    case MODE_EPHEMERAL: return make_ephemeral(foreign->arena);
    case MODE_ACTION: return make_action(foreign->arena);
    case MODE_LIST: break;
    }
    return foreign_list_new(foreign->arena);
}

/* Implements `validate` of types of every kind. */
static bool type_validate_object(const Call *call, const ValidateRequest *request, Diags *diags) {
    static const ProtocolMethod methods[PROTOCOL_MODES] = {
        [MODE_MANAGED] = PROTOCOL_VALIDATE_RESOURCE,    [MODE_DATA] = PROTOCOL_VALIDATE_DATA,
        [MODE_EPHEMERAL] = PROTOCOL_VALIDATE_EPHEMERAL, [MODE_ACTION] = PROTOCOL_VALIDATE_ACTION,
        [MODE_LIST] = PROTOCOL_VALIDATE_LIST,
    };
    ForeignCall made = foreign_object_call(call, methods[call->type->mode], diags);
    made.sent.config = request->config;
    return foreign_client_call(&made);
}

/* The schema of the type is empty if its encoding is damaged. */
static const ObjectType *make_type(ForeignProvider *foreign, ResourceMode mode, const Str *encoded,
                                   Str name) {
    ObjectType *type = make_kind(foreign, mode, name);
    Str error = STR_EMPTY;
    type->mode = mode;
    type->name = str_to_cstr(name, foreign->arena);
    type->validate = type_validate_object;
    if (!protocol_schema_decode(*encoded, &type->schema, &error, foreign->arena))
        log_event(LOG_ERROR, "schema of a provider", log_text("type", name),
                  log_text("problem", error));
    return type;
}

const ObjectType *foreign_type_find(const Provider *provider, ResourceMode mode, Str name) {
    ForeignProvider *foreign = (ForeignProvider *)provider;
    Map *decoded = &foreign->types[mode];
    LOCKED(&foreign->lock);
    const ObjectType *type = map_find(decoded, name);
    const Str *bytes = type ? NULL : map_find(&foreign->schemas.types[mode], name);
    if (bytes) {
        type = make_type(foreign, mode, bytes, name);
        map_put(foreign->arena, decoded, str_clone(name, foreign->arena), (void *)type);
    }
    return type;
}
