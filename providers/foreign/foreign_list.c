/* foreign_list: receives the found objects as messages of a stream. */
#include "foreign_type.h"

#include "foreign_object.h"
#include "registry.h"

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

ObjectType *foreign_list_new(Arena *arena) {
    ListType *type = arena_new(arena, ListType);
    type->list = list_objects;
    return &type->type;
}
