/* A provider that is a program: its schemas, configuration, processes, reads and functions. */
#include "foreign_case.h"

#include "foreign_source.h"

static void types_and_names(void **) {
    ForeignProvider *foreign = open_provider();
    const Provider *provider = &foreign->provider;
    check_str(str_from_cstr(provider->name), "p");
    check_str(registry_type_names(provider, MODE_MANAGED, arena).items[0], "p_thing");
    const ResourceType *first = registry_find_resource(provider, STR("p_thing"));
    assert_ptr_equal(registry_find_resource(provider, STR("p_thing")), first);
    assert_true(first->plans_itself && first->plans_destroy);
    assert_null(registry_find_resource(provider, STR("p_look")));
    assert_non_null(registry_find_type(provider, MODE_DATA, STR("p_look")));
    assert_non_null(registry_find_type(provider, MODE_EPHEMERAL, STR("p_token")));
    foreign_provider_close(foreign);
}

static void no_schema(void **) {
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

static void configurations(void **) {
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
static void failed_configuration(void **) {
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

static void retires_grown_processes(void **) {
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

static void keeps_processes_without_successors(void **) {
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

static void data_sources(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_DATA, "p_look");
    Diags diags = diags_new(arena);
    DataReadRequest request = {object(&call, NULL, "a")};
    DataReadResponse response = {0};
    const DataSourceType *type = (const DataSourceType *)call.type;
    assert_true(type->validate(&call, &(ValidateRequest){request.config}, &diags));
    world_set("ReadDataSource", KNOWN_A);
    assert_true(type->read(&call, &request, &response, &diags));
    check_str(value_text(value_at(response.state, 0)), "1");
    world_set("ReadDataSource", NOTHING);
    assert_false(type->read(&call, &request, &response, &diags));
    check_str(diags.items[0].summary, "Provider produced null object");
    foreign_provider_close(foreign);
}

static void ephemerals(void **) {
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_EPHEMERAL, "p_token");
    Diags diags = diags_new(arena);
    const EphemeralType *type = (const EphemeralType *)call.type;
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

static void functions(void **) {
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
static void places_of_errors(void **) {
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
    assert_false(call.type->validate(&call, &request, &diags));
    assert_int_equal(diags.count, 3);
    check_str(diags.items[0].path, ".name");
    check_str(diags.items[1].path, "");
    check_str(diags.items[2].path, ".part[\"\"].x");
    foreign_provider_close(foreign);
}

/* The source opens each address once, whatever name is looked up. */
static bool locate(void *self, Str name, bool is_row, ForeignLocation *out, bool *is_found,
                   Arena *into, Diags *diags) {
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

static void a_source(void **) {
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
    const struct CMUnitTest tests[] = {
        FOREIGN_CASE(types_and_names),
        FOREIGN_CASE(no_schema),
        FOREIGN_CASE(configurations),
        FOREIGN_CASE(failed_configuration),
        FOREIGN_CASE(retires_grown_processes),
        FOREIGN_CASE(keeps_processes_without_successors),
        FOREIGN_CASE(data_sources),
        FOREIGN_CASE(ephemerals),
        FOREIGN_CASE(functions),
        FOREIGN_CASE(places_of_errors),
        FOREIGN_CASE(a_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
