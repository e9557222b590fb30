/* A provider that is a program: its types, and each call of them. */
#include "foreign_world.h"

#include "foreign_source.h"
#include "list_type.h"
#include "resource_type.h"

static void add_attribute(StrBuf *out, const char *name, uint32_t flag) {
    size_t attribute = wire_begin(out, 2);
    wire_put_bytes(out, 1, str_from_cstr(name));
    wire_put_bytes(out, 2, STR("\"string\""));
    wire_put_varint(out, flag, 1);
    wire_end(out, attribute);
}

/* The attributes id (computed) and name (required), and a list of blocks `part`. */
static void add_schema(StrBuf *out, uint32_t number) {
    size_t schema = wire_begin(out, number);
    size_t block = wire_begin(out, 2);
    add_attribute(out, "id", 6);
    add_attribute(out, "name", 4);
    size_t nested = wire_begin(out, 3);
    wire_put_bytes(out, 1, STR("part"));
    size_t inner = wire_begin(out, 2);
    add_attribute(out, "x", 5);
    wire_end(out, inner);
    wire_put_varint(out, 3, 2);
    wire_end(out, nested);
    wire_end(out, block);
    wire_end(out, schema);
}

static void add_type(StrBuf *out, uint32_t number, const char *name) {
    size_t entry = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(name));
    add_schema(out, 2);
    wire_end(out, entry);
}

static void add_parameter(StrBuf *out, uint32_t number, const char *name, const char *type) {
    size_t parameter = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(name));
    wire_put_bytes(out, 2, str_from_cstr(type));
    wire_put_varint(out, 3, 1);
    wire_put_bytes(out, 5, STR("A parameter."));
    wire_end(out, parameter);
}

/* name(a: string, more: number...) → list of any; and one with a damaged signature. */
static void add_function(StrBuf *out, const char *name) {
    size_t entry = wire_begin(out, 7);
    wire_put_bytes(out, 1, str_from_cstr(name));
    size_t function = wire_begin(out, 2);
    add_parameter(out, 1, "a", "\"string\"");
    add_parameter(out, 2, "more", "\"number\"");
    size_t result = wire_begin(out, 3);
    wire_put_bytes(out, 1, STR("[\"list\",\"string\"]"));
    wire_end(out, result);
    wire_put_bytes(out, 4, STR("Adds."));
    wire_put_bytes(out, 5, STR("Adds things."));
    wire_end(out, function);
    wire_end(out, entry);
    entry = wire_begin(out, 7);
    wire_put_bytes(out, 1, STR("damaged"));
    wire_put_bytes(out, 2, STR("\x0A\x01\x7F"));
    wire_end(out, entry);
}

static void set_schemas(void) {
    StrBuf out = strbuf_new(arena);
    size_t provider = wire_begin(&out, 1);
    size_t block = wire_begin(&out, 2);
    add_attribute(&out, "url", 5);
    wire_end(&out, block);
    wire_end(&out, provider);
    add_type(&out, 2, "p_thing");
    add_type(&out, 3, "p_look");
    add_type(&out, 8, "p_token");
    add_type(&out, 9, "p_thing");
    add_type(&out, 9, "p_look");
    size_t capabilities = wire_begin(&out, 6);
    wire_put_varint(&out, 1, 1);
    wire_put_varint(&out, 3, 1);
    wire_put_varint(&out, 4, 1);
    wire_end(&out, capabilities);
    add_function(&out, "add");
    world_respond("GetProviderSchema", (RpcResponse){.message = strbuf_str(&out)});
}

static ForeignProvider *open_provider(void) {
    static const ForeignProgram program = {.name = STR_CONST("x/p"),
                                           .program = STR_CONST("/bin/p")};
    Diags diags = diags_new(arena);
    set_schemas();
    ForeignProvider *foreign = foreign_provider_open(STR("h/x/p"), &program, &world.io, &diags);
    if (!foreign)
        fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    return foreign;
}

static Call call_of(ForeignProvider *foreign, ResourceMode mode, const char *type) {
    Call call = {.provider = &foreign->provider,
                 .io = &world.io,
                 .arena = arena,
                 .address = STR("p_thing.a")};
    assert_true(registry_find_type(&foreign->provider, mode, str_from_cstr(type), &call.type));
    return call;
}

/* The values of id, name and the number of parts; NULL id: unknown. */
static Value object(const Call *call, const char *id, const char *name) {
    Value v = schema_empty_value(call->type.schema, arena);
    Value *items = value_copy_items(v, arena);
    items[0] = id ? value_from_cstr(id) : value_null(&TYPE_STRING);
    items[1] = value_from_cstr(name);
    return value_with_items(v, items, arena);
}

static Value nothing(const Call *call) {
    return value_null(schema_implied_type(call->type.schema));
}

/* DynamicValues in field 1: {id: unknown, name: "a", part: null}, {id: "1", …}, null. */
#define UNKNOWN_A "0a160a1483a26964d40000a46e616d65a161a470617274c0"
#define KNOWN_A   "0a150a1383a26964a131a46e616d65a161a470617274c0"
#define NOTHING   "0a030a01c0"

static void types_and_names(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    const Provider *provider = &foreign->provider;
    check_str(str_from_cstr(provider->name), "p");
    check_str(registry_type_names(provider, MODE_MANAGED, arena).items[0], "p_thing");
    const ResourceType *first = registry_find_resource(provider, STR("p_thing"));
    assert_ptr_equal(registry_find_resource(provider, STR("p_thing")), first);
    assert_true(first->plans_itself && first->plans_destroy);
    assert_null(registry_find_resource(provider, STR("p_look")));
    assert_non_null(registry_find_data_source(provider, STR("p_look")));
    assert_non_null(registry_find_ephemeral(provider, STR("p_token")));
    foreign_provider_close(foreign);
}

static void no_schema(void **state) {
    (void)state;
    static const ForeignProgram program = {.name = STR_CONST("x/p"),
                                           .program = STR_CONST("/bin/p")};
    Diags diags = diags_new(arena);
    assert_null(foreign_provider_open(STR("h/x/p"), &program, &world.io, &diags));
    check_str(diags.items[0].detail, "The provider h/x/p cannot be used: it sent no schema.");
    cancel_close(world.ended);
    world.ended = cancel_open();
    world_respond("GetProviderSchema", (RpcResponse){.status = RPC_UNIMPLEMENTED});
    assert_null(foreign_provider_open(STR("h/x/p"), &program, &world.io, &diags));
    check_str(diags.items[1].detail, "The provider h/x/p cannot be used: it has no schema.");
}

static void configurations(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    const Provider *provider = &foreign->provider;
    Diags diags = diags_new(arena);
    Call call = {.provider = provider, .io = &world.io, .arena = arena};
    Value url = value_from_cstr("u");
    Value config = value_object_of(schema_implied_type(&provider->schema), &url);
    ConfigureResponse first = {0}, second = {0}, third = {0};
    assert_true(provider->validate(&call, &(ValidateRequest){config}, &diags));
    assert_true(provider->configure(&call, &(ConfigureRequest){config}, &first, &diags));
    assert_true(provider->configure(&call, &(ConfigureRequest){config}, &second, &diags));
    assert_ptr_not_equal(first.client, second.client);
    provider->close(first.client);
    assert_true(provider->configure(&call, &(ConfigureRequest){config}, &third, &diags));
    assert_ptr_equal(third.client, first.client); /* equal values: the process is configured */
    assert_int_equal(world.started, 2);
    check_str(strbuf_str(&world.calls),
              "GetProviderSchema\nGetResourceIdentitySchemas\nValidateProviderConfig\n"
              "ConfigureProvider\nGetProviderSchema\nConfigureProvider\n");
    foreign_provider_close(foreign);
}

/* A process is configured once: after a failure, the next configuration gets another process. */
static void failed_configuration(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    const Provider *provider = &foreign->provider;
    Diags diags = diags_new(arena);
    Call call = {.provider = provider, .io = &world.io, .arena = arena};
    Value url = value_from_cstr("u");
    Value config = value_object_of(schema_implied_type(&provider->schema), &url);
    ConfigureResponse response = {0};
    world_respond("ConfigureProvider",
                  (RpcResponse){.status = RPC_UNAVAILABLE, .problem = STR("gone")});
    assert_false(provider->configure(&call, &(ConfigureRequest){config}, &response, &diags));
    assert_null(response.client);
    world_respond("ConfigureProvider", (RpcResponse){0});
    assert_true(provider->configure(&call, &(ConfigureRequest){config}, &response, &diags));
    assert_ptr_not_equal(response.client, foreign->clients);
    assert_int_equal(world.started, 2);
    foreign_provider_close(foreign);
}

/* Makes so many calls, after a configuration with the url "u". */
static void make_calls(ForeignProvider *foreign, size_t count) {
    const Provider *provider = &foreign->provider;
    Diags diags = diags_new(arena);
    Call call = {.provider = provider, .io = &world.io, .arena = arena, .client = foreign->clients};
    Value url = value_from_cstr("u");
    Value config = value_object_of(schema_implied_type(&provider->schema), &url);
    ConfigureResponse response = {0};
    if (foreign->clients->config.len == 0)
        assert_true(provider->configure(&call, &(ConfigureRequest){config}, &response, &diags));
    for (size_t i = 0; i < count; i++)
        assert_true(provider->validate(&call, &(ValidateRequest){config}, &diags));
    assert_int_equal(diags.count, 0);
}

static void retires_grown_processes(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    world.memory_mib = 1000; /* much, but it has not grown */
    make_calls(foreign, 1000);
    world.memory_mib = 1120;
    make_calls(foreign, 1000);
    assert_int_equal(world.started, 1);
    const ForeignProcess *first = foreign->clients->worker->process;
    Str configured = world_request("ConfigureProvider");
    world.memory_mib = 1200;
    world.calls = strbuf_new(arena);
    make_calls(foreign, 249); /* the configuration was a call, too */
    assert_int_equal(world.started, 2);
    assert_ptr_not_equal(foreign->clients->worker->process, first);
    Str calls = strbuf_str(&world.calls);
    Str tail = STR("\nValidateProviderConfig\nGetProviderSchema\nConfigureProvider\n");
    assert_true(str_ends_with(calls, tail));
    assert_true(str_equal(world_request("ConfigureProvider"), configured));
    make_calls(foreign, 1);
    foreign_provider_close(foreign);
}

static void keeps_processes_without_successors(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    world.memory_mib = 10;
    make_calls(foreign, 250);
    const ForeignProcess *first = foreign->clients->worker->process;
    world.memory_mib = 500;
    world_respond("ConfigureProvider",
                  (RpcResponse){.status = RPC_UNAVAILABLE, .problem = STR("gone")});
    make_calls(foreign, 250);
    assert_int_equal(world.started, 2);
    assert_ptr_equal(foreign->clients->worker->process, first);
    foreign_provider_close(foreign);
}

static void plans(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    PlanRequest request = {.prior = nothing(&call),
                           .proposed = object(&call, NULL, "a"),
                           .config = object(&call, NULL, "a")};
    PlanResponse response;
    world_set("PlanResourceChange", UNKNOWN_A "1a0170"
                                              "2801");
    assert_true(resource_type_plan(call.type.resource, &call, &request, &response, &diags));
    assert_false(value_is_known(value_at(response.planned, 0)));
    assert_int_equal(value_at(response.planned, 2).count, 0); /* blocks are never null */
    check_str(response.private_data, "p");
    assert_true(response.is_legacy);
    check_str(world_request("PlanResourceChange"), "0a07705f7468696e67"
                                                   "22140a1283a26964c0a46e616d65a161a47061727490"
                                                   "12030a01c0"
                                                   "1a140a1283a26964c0a46e616d65a161a47061727490"
                                                   "3a021001");
    foreign_provider_close(foreign);
}

static void replacements(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    PlanRequest request = {.prior = object(&call, "1", "b"),
                           .proposed = object(&call, "1", "a"),
                           .config = object(&call, NULL, "a")};
    PlanResponse response;
    world_set("PlanResourceChange", KNOWN_A "12080a060a046e616d65"
                                            "12060a040a026964"
                                            "12050a030a017a");
    assert_true(resource_type_plan(call.type.resource, &call, &request, &response, &diags));
    assert_int_equal(response.requires_replace.count, 1);
    check_str(path_to_str(response.requires_replace.items[0], arena), ".name");
    world_set("PlanResourceChange", NOTHING);
    assert_false(resource_type_plan(call.type.resource, &call, &request, &response, &diags));
    check_str(diags.items[0].summary, "Provider produced invalid plan");
    world_set("PlanResourceChange", "");
    assert_false(resource_type_plan(call.type.resource, &call, &request, &response, &diags));
    check_str(vec_last(&diags).summary, "Provider produced invalid object");
    foreign_provider_close(foreign);
}

/* Reasons 3 in a plan, 2 in a read, 1 in an import, and 9, which no version of the protocol has. */
static void deferrals(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    const ResourceType *type = call.type.resource;
    Diags diags = diags_new(arena);
    PlanRequest request = {.prior = nothing(&call),
                           .proposed = object(&call, NULL, "a"),
                           .config = object(&call, NULL, "a")};
    PlanResponse planned;
    ReadRequest reading = {object(&call, "1", "a"), STR_EMPTY};
    ReadResponse read;
    ImportRequest importing = {STR("1")};
    ImportResponse imported;
    world_set("PlanResourceChange", NOTHING "32020803");
    world_set("ReadResource", "22020802");
    world_set("ImportResourceState", "1a020801");
    call.is_planning = true;
    assert_false(resource_type_plan(type, &call, &request, &planned, &diags));
    check_str(vec_last(&diags).summary, "Change deferred by its provider");
    assert_true(str_find(vec_last(&diags).detail, STR("-allow-deferral"), 0) != SIZE_MAX);
    assert_false(resource_type_read(type, &call, &reading, &read, &diags));
    assert_false(resource_type_import(type, &call, &importing, &imported, &diags));
    call.allows_deferral = true;
    assert_true(resource_type_plan(type, &call, &request, &planned, &diags));
    assert_int_equal(planned.deferral, DEFERRAL_ABSENT_PREREQUISITE);
    assert_true(value_equal(planned.planned, request.proposed));
    Str sent = world_request("PlanResourceChange");
    assert_true(str_ends_with(sent, STR("3a0408011001")));
    assert_true(resource_type_read(type, &call, &reading, &read, &diags));
    assert_int_equal(read.deferral, DEFERRAL_PROVIDER_CONFIG);
    assert_true(value_equal(read.state, reading.state));
    assert_true(resource_type_import(type, &call, &importing, &imported, &diags));
    assert_int_equal(imported.deferral, DEFERRAL_RESOURCE_CONFIG);
    world_set("PlanResourceChange", "32020809");
    assert_true(resource_type_plan(type, &call, &request, &planned, &diags));
    assert_int_equal(planned.deferral, DEFERRAL_UNSPECIFIED);
    assert_int_equal(diags.error_count, 3);
    foreign_provider_close(foreign);
}

/* An error named "E" in the field of diagnostics. */
#define ERROR_3                                                                                    \
    "1a0508011201"                                                                                 \
    "45"

static void applies(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    ApplyRequest create = {.prior = nothing(&call),
                           .planned = object(&call, "1", "a"),
                           .config = object(&call, NULL, "a")};
    ApplyResponse response;
    const ResourceType *type = call.type.resource;
    world_set("ApplyResourceChange", KNOWN_A "120170");
    assert_true(resource_type_apply(type, &call, &create, &response, &diags));
    check_str(value_text(value_at(response.state, 0)), "1");
    check_str(response.private_data, "p");
    /* An object that failed is returned; without one, an update keeps the prior object. */
    world_set("ApplyResourceChange", KNOWN_A ERROR_3);
    assert_false(resource_type_apply(type, &call, &create, &response, &diags));
    assert_true(value_is_present(response.state));
    world_set("ApplyResourceChange", NOTHING ERROR_3);
    assert_false(resource_type_apply(type, &call, &create, &response, &diags));
    assert_true(value_is_null(response.state) && !response.in_doubt);
    ApplyRequest update = create;
    update.prior = object(&call, "1", "old");
    assert_false(resource_type_apply(type, &call, &update, &response, &diags));
    assert_true(value_equal(response.state, update.prior));
    /* Success without an object is an error; a lost response leaves the outcome in doubt. */
    diags = diags_new(arena);
    world_set("ApplyResourceChange", NOTHING);
    assert_false(resource_type_apply(type, &call, &create, &response, &diags));
    check_str(diags.items[0].summary, "Provider produced invalid object");
    world_respond("ApplyResourceChange", (RpcResponse){.status = RPC_CANCELLED, .is_lost = true});
    assert_false(resource_type_apply(type, &call, &create, &response, &diags));
    assert_true(response.in_doubt);
    foreign_provider_close(foreign);
}

static void deletes(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    DeleteRequest request = {.prior = object(&call, "1", "a"), .private_data = STR("p")};
    DeleteResponse response;
    const ResourceType *type = call.type.resource;
    world_set("ApplyResourceChange", NOTHING);
    assert_true(resource_type_delete(type, &call, &request, &response, &diags));
    world_set("ApplyResourceChange", NOTHING ERROR_3);
    assert_false(resource_type_delete(type, &call, &request, &response, &diags));
    assert_true(value_is_null(response.state)); /* deleted despite the error */
    world_set("ApplyResourceChange", KNOWN_A ERROR_3);
    assert_false(resource_type_delete(type, &call, &request, &response, &diags));
    assert_true(value_is_present(response.state));
    assert_int_equal(vec_last(&diags).subject, DIAG_RELATION);
    foreign_provider_close(foreign);
}

static void reads_and_imports(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    const ResourceType *type = call.type.resource;
    ReadRequest read = {.state = object(&call, "1", "a")};
    ReadResponse got;
    world_set("ReadResource", NOTHING);
    assert_true(resource_type_read(type, &call, &read, &got, &diags));
    assert_true(value_is_null(got.state));
    world_set("ReadResource", UNKNOWN_A);
    assert_false(resource_type_read(type, &call, &read, &got, &diags));
    ImportResponse imported;
    diags = diags_new(arena);
    world_set("ImportResourceState", "0a200a07705f7468696e6712150a13"
                                     "83a26964a131a46e616d65a161a470617274c0");
    assert_true(resource_type_import(type, &call, &(ImportRequest){STR("1")}, &imported, &diags));
    check_str(value_text(value_at(imported.state, 0)), "1");
    world_set("ImportResourceState", "");
    assert_false(resource_type_import(type, &call, &(ImportRequest){STR("1")}, &imported, &diags));
    check_str(diags.items[0].summary, "Provider returned invalid import");
    UpgradeResponse upgraded;
    world_set("UpgradeResourceState", KNOWN_A);
    assert_true(
        resource_type_upgrade(type, &call, &(UpgradeRequest){0, STR("{}")}, &upgraded, &diags));
    check_str(upgraded.upgraded, "{\"id\":\"1\",\"name\":\"a\",\"part\":[]}");
    RecoverResponse recovered;
    RecoverRequest recover = {.planned = object(&call, "1", "a"), .call = RECOVER_CREATE};
    assert_false(resource_type_recover(type, &call, &recover, &recovered, &diags));
    check_str(vec_last(&diags).summary, "Unknown whether an object was created");
    assert_true(str_find(vec_last(&diags).detail,
                         STR("Planned: id = \"1\", name = \"a\".\n\nLook for the object"),
                         0) != SIZE_MAX);
    foreign_provider_close(foreign);
}

/* A ResourceIdentityData with {name: "a"}, and with an unknown name; their lengths are in the tag.
 */
#define IDENTITY_A       "0c0a0a0a0881a46e616d65a161"
#define IDENTITY_UNKNOWN "0d0a0b0a0981a46e616d65d40000"

/* Gives p_thing an identity of version 3: name, which an import requires. */
static ForeignProvider *open_with_identities(void) {
    StrBuf out = strbuf_new(arena);
    size_t entry = wire_begin(&out, 1);
    wire_put_bytes(&out, 1, STR("p_thing"));
    size_t schema = wire_begin(&out, 2);
    wire_put_varint(&out, 1, 3);
    size_t attribute = wire_begin(&out, 2);
    wire_put_bytes(&out, 1, STR("name"));
    wire_put_bytes(&out, 2, STR("\"string\""));
    wire_put_varint(&out, 3, 1);
    wire_end(&out, attribute);
    wire_end(&out, schema);
    wire_end(&out, entry);
    world_respond("GetResourceIdentitySchemas", (RpcResponse){.message = strbuf_str(&out)});
    return open_provider();
}

static void check_sent(const char *method, const char *identity) {
    if (str_find(world_request(method), str_from_cstr(identity), 0) == SIZE_MAX)
        fail_msg("%s: %.*s", method, STR_ARG(world_request(method)));
}

static void check_name(Value identity) {
    assert_true(value_is_present(identity));
    check_str(value_text(value_at(identity, 0)), "a");
}

/* Each call sends the identity in its own field, and returns that of the response. */
static void identities(void **state) {
    (void)state;
    ForeignProvider *foreign = open_with_identities();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    const ResourceType *type = call.type.resource;
    assert_int_equal(type->identity->version, 3);
    assert_int_equal(type->identity->attributes[0].flags, REQUIRED);
    Value name = value_from_cstr("a");
    Value identity = value_object_of(schema_implied_type(type->identity), &name);
    Value thing = object(&call, "1", "a");
    PlanResponse planned;
    PlanRequest plan = {.prior = thing, .proposed = thing, .config = thing, .identity = identity};
    world_set("PlanResourceChange", KNOWN_A "3a" IDENTITY_A);
    assert_true(resource_type_plan(type, &call, &plan, &planned, &diags));
    check_sent("PlanResourceChange", "42" IDENTITY_A);
    check_name(planned.identity);
    world_set("PlanResourceChange", KNOWN_A "3a" IDENTITY_UNKNOWN);
    assert_true(resource_type_plan(type, &call, &plan, &planned, &diags));
    assert_false(value_is_wholly_known(planned.identity));
    ApplyResponse applied;
    ApplyRequest apply = {
        .prior = thing, .planned = thing, .config = thing, .identity = planned.identity};
    apply.prior = nothing(&call);
    world_set("ApplyResourceChange", KNOWN_A "2a" IDENTITY_A);
    assert_true(resource_type_apply(type, &call, &apply, &applied, &diags));
    check_sent("ApplyResourceChange", "3a" IDENTITY_UNKNOWN);
    check_name(applied.identity);
    ReadResponse got;
    ReadRequest read = {.state = thing, .identity = identity};
    world_set("ReadResource", KNOWN_A "2a" IDENTITY_A);
    assert_true(resource_type_read(type, &call, &read, &got, &diags));
    check_sent("ReadResource", "32" IDENTITY_A);
    check_name(got.identity);
    world_set("ReadResource", KNOWN_A);
    assert_true(resource_type_read(type, &call, &read, &got, &diags));
    assert_true(value_is_null(got.identity));
    UpgradeIdentityResponse upgraded;
    UpgradeIdentityRequest old = {2, STR("{}")};
    world_set("UpgradeResourceIdentity", "0a" IDENTITY_A);
    assert_true(resource_type_upgrade_identity(type, &call, &old, &upgraded, &diags));
    check_str(world_request("UpgradeResourceIdentity"), "0a07705f7468696e67"
                                                        "1002"
                                                        "1a040a027b7d");
    check_name(upgraded.identity);
    MoveResponse moved;
    MoveRequest move = {.stored = STR("{}"), .stored_identity = STR("{}"), .identity_version = 2};
    world_set("MoveResourceState", KNOWN_A "22" IDENTITY_A);
    assert_true(resource_type_move(type, &call, &move, &moved, &diags));
    check_sent("MoveResourceState", "3a040a027b7d4002");
    check_name(moved.identity);
    assert_int_equal(diags.count, 0);
    foreign_provider_close(foreign);
}

/* After a failed call, the object is kept without the wrong identity. */
static void wrong_identities(void **state) {
    (void)state;
    ForeignProvider *foreign = open_with_identities();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    const ResourceType *type = call.type.resource;
    static const char *const wrong[] = {
        KNOWN_A "2a" IDENTITY_UNKNOWN, KNOWN_A "2a050a030a0180", /* {} */
        KNOWN_A "2a050a030a01c1",                                /* no value */
    };
    ApplyRequest apply = {.prior = nothing(&call),
                          .planned = object(&call, "1", "a"),
                          .config = object(&call, NULL, "a")};
    ReadRequest read = {.state = apply.planned};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        Diags diags = diags_new(arena);
        ApplyResponse applied;
        ReadResponse got;
        world_set("ApplyResourceChange", wrong[i]);
        assert_false(resource_type_apply(type, &call, &apply, &applied, &diags));
        assert_true(value_is_present(applied.state) && value_is_null(applied.identity));
        world_set("ReadResource", wrong[i]);
        assert_false(resource_type_read(type, &call, &read, &got, &diags));
        check_str(diags.items[0].summary, "Provider produced invalid identity");
    }
    foreign_provider_close(foreign);
}

static void imports_by_identity(void **state) {
    (void)state;
    ForeignProvider *foreign = open_with_identities();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    const ResourceType *type = call.type.resource;
    Diags diags = diags_new(arena);
    Value name = value_from_cstr("a");
    ImportRequest request = {.identity =
                                 value_object_of(schema_implied_type(type->identity), &name)};
    ImportResponse imported;
    world_set("ImportResourceState", "0a2e0a07705f7468696e6712150a13"
                                     "83a26964a131a46e616d65a161a470617274c0"
                                     "22" IDENTITY_A);
    assert_true(resource_type_import(type, &call, &request, &imported, &diags));
    check_str(world_request("ImportResourceState"), "0a07705f7468696e67"
                                                    "1a021001"
                                                    "22" IDENTITY_A);
    check_name(imported.identity);
    world_set("ImportResourceState", "0a200a07705f7468696e6712150a13"
                                     "83a26964a131a46e616d65a161a470617274c0");
    assert_false(resource_type_import(type, &call, &request, &imported, &diags));
    check_str(diags.items[0].summary, "Provider returned invalid import");
    foreign_provider_close(foreign);
}

static void damaged_identity_schemas(void **state) {
    (void)state;
    static const ForeignProgram program = {.name = STR_CONST("x/p"),
                                           .program = STR_CONST("/bin/p")};
    Diags diags = diags_new(arena);
    set_schemas();
    world_set("GetResourceIdentitySchemas", "0aff");
    assert_null(foreign_provider_open(STR("h/x/p"), &program, &world.io, &diags));
    assert_int_equal(diags.error_count, 1);
    /* One type has a damaged schema: its objects have no identity, the others are usable. */
    world_set("GetResourceIdentitySchemas", "0a0d0a07705f7468696e6712021201");
    ForeignProvider *foreign = open_provider();
    assert_null(registry_find_resource(&foreign->provider, STR("p_thing"))->identity);
    foreign_provider_close(foreign);
}

static void moves_from_other_types(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    MoveRequest request = {STR("h/x/q"), STR("q_thing"), 2, STR("{}"), STR("p")};
    MoveResponse moved;
    world_set("MoveResourceState", KNOWN_A "1a0172");
    assert_true(resource_type_move(call.type.resource, &call, &request, &moved, &diags));
    check_str(moved.moved, "{\"id\":\"1\",\"name\":\"a\",\"part\":[]}");
    check_str(moved.private_data, "r");
    check_str(world_request("MoveResourceState"), "2a07705f7468696e67"
                                                  "0a05682f782f71"
                                                  "1207715f7468696e67"
                                                  "320170"
                                                  "1802"
                                                  "22040a027b7d");
    world_set("MoveResourceState", NOTHING);
    assert_false(resource_type_move(call.type.resource, &call, &request, &moved, &diags));
    world_set("MoveResourceState", UNKNOWN_A);
    assert_false(resource_type_move(call.type.resource, &call, &request, &moved, &diags));
    assert_int_equal(diags.error_count, 2);
    foreign_provider_close(foreign);
}

/* Responses that arrived after the end of the run that made the call. */
static void late_responses(void **state) {
    (void)state;
    static const struct {
        RecoverCall call;
        RecoverResponseKind kind;
        const char *response; /* in hexadecimal */
        bool is_known;
        RecoverOutcome outcome;
        size_t warnings;
    } cases[] = {
        {RECOVER_CREATE, RECOVER_UNSENT,    "",               true,  RECOVER_ABSENT,   0},
        {RECOVER_CREATE, RECOVER_REJECTED,  "6f6464",         true,  RECOVER_ABSENT,   1},
        {RECOVER_CREATE, RECOVER_RESPONDED, KNOWN_A,          true,  RECOVER_COMPLETE, 0},
        {RECOVER_CREATE, RECOVER_RESPONDED, KNOWN_A ERROR_3,  true,  RECOVER_TAINTED,  1},
        {RECOVER_CREATE, RECOVER_RESPONDED, NOTHING ERROR_3,  true,  RECOVER_ABSENT,   1},
        {RECOVER_CREATE, RECOVER_RESPONDED, "0a050a03c1c1c1", false, RECOVER_ABSENT,   0},
        {RECOVER_CREATE, RECOVER_RESPONDED, "ffff",           false, RECOVER_ABSENT,   0},
        {RECOVER_UPDATE, RECOVER_RESPONDED, KNOWN_A,          true,  RECOVER_COMPLETE, 0},
        {RECOVER_UPDATE, RECOVER_RESPONDED, NOTHING ERROR_3,  true,  RECOVER_COMPLETE, 1},
        {RECOVER_UPDATE, RECOVER_RESPONDED, "ffff",           true,  RECOVER_COMPLETE, 1},
        {RECOVER_DELETE, RECOVER_RESPONDED, NOTHING,          true,  RECOVER_ABSENT,   0},
        {RECOVER_DELETE, RECOVER_RESPONDED, KNOWN_A ERROR_3,  true,  RECOVER_COMPLETE, 1},
    };
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        Value prior = object(&call, "1", "old");
        RecoverResponse recovered;
        RecoverRequest request = {.planned = object(&call, NULL, "a"),
                                  .call = cases[i].call,
                                  .prior = cases[i].call == RECOVER_CREATE ? value_null(prior.type)
                                                                           : prior,
                                  .response_kind = cases[i].kind};
        assert_true(hex_decode(str_from_cstr(cases[i].response), &request.response, arena));
        bool is_known =
            resource_type_recover(call.type.resource, &call, &request, &recovered, &diags);
        if (is_known != cases[i].is_known || (is_known && recovered.outcome != cases[i].outcome) ||
            (is_known && diags.count != cases[i].warnings))
            fail_msg("case %zu: %d, %d, %zu", i, is_known, recovered.outcome, diags.count);
        assert_int_equal(diags.error_count, !is_known);
    }
    foreign_provider_close(foreign);
}

static void data_sources(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_DATA, "p_look");
    Diags diags = diags_new(arena);
    DataReadRequest request = {object(&call, NULL, "a")};
    DataReadResponse response = {0};
    const DataSourceType *type = call.type.data_source;
    assert_true(type->validate(&call, &(ValidateRequest){request.config}, &diags));
    world_set("ReadDataSource", KNOWN_A);
    assert_true(type->read(&call, &request, &response, &diags));
    check_str(value_text(value_at(response.state, 0)), "1");
    world_set("ReadDataSource", NOTHING);
    assert_false(type->read(&call, &request, &response, &diags));
    check_str(diags.items[0].summary, "Provider produced null object");
    foreign_provider_close(foreign);
}

static void ephemerals(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_EPHEMERAL, "p_token");
    Diags diags = diags_new(arena);
    const EphemeralType *type = call.type.ephemeral;
    OpenRequest request = {object(&call, NULL, "a")};
    OpenResponse opened = {0};
    world_set("OpenEphemeralResource", "1a150a1383a26964a131a46e616d65a161a470617274c0"
                                       "220170"
                                       "1205"
                                       "08ffffff7f");
    assert_true(type->open(&call, &request, &opened, &diags));
    check_str(opened.private_data, "p");
    assert_true(opened.renew_at_ms > 0);
    RenewResponse renewed = {0};
    world_set("RenewEphemeralResource", "1a0171");
    assert_true(type->renew(&call, &(RenewRequest){STR("p")}, &renewed, &diags));
    check_str(renewed.private_data, "q");
    assert_int_equal(renewed.renew_at_ms, 0);
    assert_true(type->close(&call, &(CloseRequest){STR("p")}, &diags));
    check_str(world_request("CloseEphemeralResource"), "0a07705f746f6b656e120170");
    world_respond("CloseEphemeralResource", (RpcResponse){.status = RPC_UNIMPLEMENTED});
    assert_false(type->close(&call, &(CloseRequest){STR("p")}, &diags));
    check_str(diags.items[0].summary, "Unsupported plugin method");
    foreign_provider_close(foreign);
}

/* Lists. */

static void set_identities(void) {
    StrBuf out = strbuf_new(arena);
    size_t entry = wire_begin(&out, 1);
    wire_put_bytes(&out, 1, STR("p_thing"));
    size_t schema = wire_begin(&out, 2);
    size_t attribute = wire_begin(&out, 2);
    wire_put_bytes(&out, 1, STR("key"));
    wire_put_bytes(&out, 2, STR("\"string\""));
    wire_put_varint(&out, 3, 1);
    wire_end(&out, attribute);
    wire_end(&out, schema);
    wire_end(&out, entry);
    world_respond("GetResourceIdentitySchemas", (RpcResponse){.message = strbuf_str(&out)});
}

static void put_packed(StrBuf *out, uint32_t number, const char *packed) {
    size_t dynamic = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(packed));
    wire_end(out, dynamic);
}

/* The event of one found object. `identity` and `object` are msgpack; NULL: none. */
static void find(const char *identity, const char *name, const char *object, const char *problem) {
    StrBuf out = strbuf_new(arena);
    if (identity) {
        size_t at = wire_begin(&out, 1);
        put_packed(&out, 1, identity);
        wire_end(&out, at);
    }
    wire_put_bytes(&out, 2, str_from_cstr(name));
    if (object)
        put_packed(&out, 3, object);
    if (problem) {
        size_t at = wire_begin(&out, 4);
        wire_put_varint(&out, 1, problem[0] == 'w' ? 2 : 1);
        wire_put_bytes(&out, 2, str_from_cstr(problem));
        wire_end(&out, at);
    }
    vec_push(arena, &world.stream, strbuf_str(&out));
}

#define KEY_A                                                                                      \
    "\x81\xa3key\xa1"                                                                              \
    "a"
#define KEY_B                                                                                      \
    "\x81\xa3key\xa1"                                                                              \
    "b"
#define OBJECT_A                                                                                   \
    "\x83\xa2id\xa1"                                                                               \
    "1\xa4name\xa1"                                                                                \
    "a\xa4part\x90"

typedef struct Findings {
    StrBuf text;
    size_t count;
    size_t wanted;
} Findings;

static bool note(void *payload, const ListedObject *found) {
    Findings *findings = payload;
    strbuf_add_format(&findings->text, "%.*s=%.*s%s\n", STR_ARG(found->display_name),
                      STR_ARG(value_text(value_at(found->identity, 0))),
                      value_is_present(found->object) ? "+" : "");
    return ++findings->count < findings->wanted;
}

/* Returns the found objects and the summaries of diagnostics. */
static Str list(const char *type, bool includes_objects) {
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_LIST, type);
    Diags diags = diags_new(arena);
    Findings findings = {.text = strbuf_new(arena), .wanted = 3};
    ListRequest request = {object(&call, NULL, "n"), includes_objects, 3};
    bool is_ok = call.type.list->list(&call, &request, &(ListSink){note, &findings}, &diags);
    assert_int_equal(is_ok, diags.error_count == 0);
    vec_each(&diags, diag) {
        strbuf_add_format(&findings.text, "%.*s: %.*s\n", STR_ARG(diag->summary),
                          STR_ARG(diag->detail));
    }
    foreign_provider_close(foreign);
    world.stream = (StrVec){0};
    cancel_close(world.ended);
    world.ended = cancel_open();
    return strbuf_str(&findings.text);
}

static void lists(void **state) {
    (void)state;
    set_identities();
    find(KEY_A, "A", OBJECT_A, NULL);
    find(KEY_B, "B", NULL, "warning");
    check_str(list("p_thing", true), "A=a+\nB=b\nwarning: \n");
    check_str(world_request("ListResource"), "0a07705f7468696e671214"
                                             "0a1283a26964c0a46e616d65a16ea470617274"
                                             "90"
                                             "18012003");
    find(KEY_A, "A", OBJECT_A, NULL);
    check_str(list("p_thing", false), "A=a\n"); /* the request excludes objects */
    for (size_t i = 0; i < 9; i++)
        find(KEY_A, "A", NULL, NULL);
    check_str(list("p_thing", false), "A=a\nA=a\nA=a\n");
    assert_int_equal(world.delivered, 3);
    check_str(list("p_thing", false), "");
}

static void damaged_lists(void **state) {
    (void)state;
#define MISTAKE " This is a mistake in the provider; please report it to its developers.\n"
    set_identities();
    find(NULL, "A", NULL, NULL);
    check_str(list("p_thing", false),
              "Provider produced invalid list: The provider h/x/p listed an object of the type "
              "p_thing without its identity." MISTAKE);
    find("\x81\xa3key\xc2", "A", NULL, NULL);
    Str text = list("p_thing", false);
    assert_true(str_starts_with(text, STR("Provider produced invalid identity: ")));
    find("\x81\xa3key\xd4\x01\x01", "A", NULL, NULL);
    text = list("p_thing", false);
    assert_true(str_find(text, STR("an identity with unknown values"), 0) < text.len);
    find(KEY_A, "A", "\xc2", NULL);
    text = list("p_thing", true);
    assert_true(str_starts_with(text, STR("Provider produced invalid object: ")));
    find(KEY_A, "A", NULL, NULL);
    find(NULL, "", NULL, "error");
    find(KEY_B, "B", NULL, NULL); /* not received any more */
    check_str(list("p_thing", false), "A=a\nerror: \n");
    vec_push(arena, &world.stream, STR("\x0A\x7F"));
    text = list("p_thing", false);
    assert_true(str_starts_with(text, STR("Invalid response of a provider: ")));
    for (size_t i = 0; i < 1002; i++)
        find(NULL, "", NULL, "warning");
    text = list("p_thing", false);
    assert_true(str_find(text, STR("sent more than 1000 warnings"), 0) < text.len);
    find(KEY_A, "A", NULL, NULL);
    text = list("p_look", false);
    assert_true(str_starts_with(text, STR("Provider has no identity of listed objects: ")));
    world_respond("ListResource", (RpcResponse){.status = RPC_UNIMPLEMENTED});
    check_str(list("p_thing", false), "Unsupported plugin method: The provider h/x/p does not "
                                      "support the call ListResource.\n");
}

static void generated_configurations(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    GenerateConfigRequest request = {object(&call, "1", "a")};
    GenerateConfigResponse response = {0};
    world_set("GenerateResourceConfig", KNOWN_A);
    assert_true(call.type.resource->generate_config(&call, &request, &response, &diags));
    check_str(value_text(value_attribute(response.config, STR("name"))), "a");
    world_set("GenerateResourceConfig", UNKNOWN_A);
    assert_false(call.type.resource->generate_config(&call, &request, &response, &diags));
    foreign_provider_close(foreign);
}

static void functions(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    const Provider *provider = &foreign->provider;
    Diags diags = diags_new(arena);
    const ProviderFunction *add = provider->find_function(provider, STR("add"));
    assert_ptr_equal(provider->find_function(provider, STR("add")), add);
    assert_null(provider->find_function(provider, STR("damaged")));
    assert_null(provider->find_function(provider, STR("none")));
    assert_int_equal(add->parameter_count, 1);
    check_str(str_from_cstr(add->parameters[0].name), "a");
    assert_true(add->parameters[0].allows_null);
    assert_ptr_equal(add->variadic->type, &TYPE_NUMBER);
    assert_ptr_equal(add->type, &TYPE_LIST_OF_STRING);
    check_str(str_from_cstr(add->summary), "Adds.");
    Call call = {.provider = provider, .io = &world.io, .arena = arena};
    Value arguments[] = {value_from_cstr("x"), value_int(1), value_int(2)};
    FunctionRequest request = {arguments, 3, add};
    FunctionResponse response = {.failed_argument = SIZE_MAX};
    world_set("CallFunction", "0a050a0391a179");
    assert_true(add->run(&call, &request, &response, &diags));
    check_str(value_text(value_at(response.result, 0)), "y");
    check_str(world_request("CallFunction"), "0a03616464"
                                             "12040a02a178"
                                             "12030a0101"
                                             "12030a0102");
    world_set("CallFunction", "1205"
                              "0a0145"
                              "1001");
    assert_false(add->run(&call, &request, &response, &diags));
    assert_int_equal(response.failed_argument, 1);
    check_str(diags.items[0].detail, "E");
    world_set("CallFunction", "0a030a01c3"); /* true is no list */
    assert_false(add->run(&call, &request, &response, &diags));
    check_str(diags.items[1].summary, "Provider produced invalid result");
    foreign_provider_close(foreign);
}

static void add_error_at(StrBuf *out, const char *const *names, size_t count) {
    size_t diag = wire_begin(out, 1);
    wire_put_varint(out, 1, 1);
    wire_put_bytes(out, 2, STR("E"));
    size_t path = wire_begin(out, 4);
    for (size_t i = 0; i < count; i++) {
        size_t step = wire_begin(out, 1);
        bool is_index = names[i][0] == '0';
        if (is_index) {
            size_t index = wire_begin(out, 2);
            wire_end(out, index);
        } else {
            wire_put_bytes(out, 1, str_from_cstr(names[i]));
        }
        wire_end(out, step);
    }
    wire_end(out, path);
    wire_end(out, diag);
}

/* An error at a block type is one of the object around the blocks. */
static void places_of_errors(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    StrBuf bytes = strbuf_new(arena);
    static const char *const name[] = {"name"};
    static const char *const part[] = {"part"};
    static const char *const inside[] = {"part", "0", "x"};
    add_error_at(&bytes, name, 1);
    add_error_at(&bytes, part, 1);
    add_error_at(&bytes, inside, 3);
    world_respond("ValidateResourceConfig", (RpcResponse){.message = strbuf_str(&bytes)});
    ValidateRequest request = {object(&call, NULL, "a")};
    assert_false(call.type.resource->validate(&call, &request, &diags));
    assert_int_equal(diags.count, 3);
    check_str(diags.items[0].path, ".name");
    check_str(diags.items[1].path, "");
    check_str(diags.items[2].path, ".part[\"\"].x");
    foreign_provider_close(foreign);
}

/* The source opens each address once, whatever name is looked up. */
static bool locate(void *self,
                   Str name,
                   bool is_row,
                   ForeignLocation *out,
                   bool *is_found,
                   Arena *into,
                   Diags *diags) {
    (void)is_row, (void)into;
    size_t *located = self;
    ++*located;
    if (str_equal(name, STR("bad"))) {
        diags_error(diags, NO_RANGE, "Bad", "It is bad.");
        return false;
    }
    *is_found = !str_equal(name, STR("own"));
    *out = (ForeignLocation){.address = STR("h/x/p"), .program = STR("/bin/p")};
    return true;
}

static void a_source(void **state) {
    (void)state;
    size_t located = 0;
    ForeignLocator locator = {&located, locate};
    Diags diags = diags_new(arena);
    const Provider *first = NULL, *second = NULL, *none = NULL;
    set_schemas();
    const ProviderSource *table = foreign_source_open(&locator, &world.io, NULL);
    assert_true(table->find(table->self, STR("p"), false, &first, NO_RANGE, &diags));
    assert_true(table->find(table->self, STR("x/p"), false, &second, NO_RANGE, &diags));
    assert_true(table->find(table->self, STR("p"), false, &second, NO_RANGE, &diags));
    assert_ptr_equal(first, second);
    assert_true(table->find(table->self, STR("own"), true, &none, NO_RANGE, &diags));
    assert_null(none);
    assert_false(table->find(table->self, STR("bad"), true, &none, NO_RANGE, &diags));
    assert_int_equal(located, 4);
    assert_int_equal(world.started, 1);
    foreign_source_close(table);
}

UNIT_MAIN(test_foreign_provider) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        CASE(types_and_names),
        CASE(no_schema),
        CASE(configurations),
        CASE(failed_configuration),
        CASE(retires_grown_processes),
        CASE(keeps_processes_without_successors),
        CASE(plans),
        CASE(replacements),
        CASE(deferrals),
        CASE(applies),
        CASE(deletes),
        CASE(reads_and_imports),
        CASE(identities),
        CASE(wrong_identities),
        CASE(imports_by_identity),
        CASE(damaged_identity_schemas),
        CASE(moves_from_other_types),
        CASE(late_responses),
        CASE(data_sources),
        CASE(ephemerals),
        CASE(lists),
        CASE(damaged_lists),
        CASE(generated_configurations),
        CASE(functions),
        CASE(places_of_errors),
        CASE(a_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
