/* Identities of resources of a provider that is a program. */
#include "foreign_case.h"

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
    const ResourceType *type = resource_type_of(call.type);
    assert_int_equal(type->identity->version, 3);
    assert_int_equal(type->identity->attributes[0].flags, REQUIRED);
    Value name = value_from_cstr("a");
    Value identity = value_object_of(schema_implied_type(type->identity), &name);
    Value thing = object(&call, "1", "a");
    PlanResponse planned;
    PlanRequest plan = {.prior = thing, .proposed = thing, .config = thing, .identity = identity};
    world_set("PlanResourceChange", KNOWN_A "3a" IDENTITY_A);
    assert_true(resource_type_plan(&call, &plan, &planned, &diags));
    check_sent("PlanResourceChange", "42" IDENTITY_A);
    check_name(planned.identity);
    world_set("PlanResourceChange", KNOWN_A "3a" IDENTITY_UNKNOWN);
    assert_true(resource_type_plan(&call, &plan, &planned, &diags));
    assert_false(value_is_wholly_known(planned.identity));
    ApplyResponse applied;
    ApplyRequest apply = {
        .prior = thing, .planned = thing, .config = thing, .identity = planned.identity};
    apply.prior = nothing(&call);
    world_set("ApplyResourceChange", KNOWN_A "2a" IDENTITY_A);
    assert_true(resource_type_apply(&call, &apply, &applied, &diags));
    check_sent("ApplyResourceChange", "3a" IDENTITY_UNKNOWN);
    check_name(applied.identity);
    ReadResponse got;
    ReadRequest read = {.state = thing, .identity = identity};
    world_set("ReadResource", KNOWN_A "2a" IDENTITY_A);
    assert_true(resource_type_read(&call, &read, &got, &diags));
    check_sent("ReadResource", "32" IDENTITY_A);
    check_name(got.identity);
    world_set("ReadResource", KNOWN_A);
    assert_true(resource_type_read(&call, &read, &got, &diags));
    assert_true(value_is_null(got.identity));
    UpgradeIdentityResponse upgraded;
    UpgradeIdentityRequest old = {2, STR("{}")};
    world_set("UpgradeResourceIdentity", "0a" IDENTITY_A);
    assert_true(resource_type_upgrade_identity(&call, &old, &upgraded, &diags));
    check_str(world_request("UpgradeResourceIdentity"), "0a07705f7468696e67"
                                                        "1002"
                                                        "1a040a027b7d");
    check_name(upgraded.identity);
    MoveResponse moved;
    MoveRequest move = {.stored = STR("{}"), .stored_identity = STR("{}"), .identity_version = 2};
    world_set("MoveResourceState", KNOWN_A "22" IDENTITY_A);
    assert_true(resource_type_move(&call, &move, &moved, &diags));
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
        assert_false(resource_type_apply(&call, &apply, &applied, &diags));
        assert_true(value_is_present(applied.state) && value_is_null(applied.identity));
        world_set("ReadResource", wrong[i]);
        assert_false(resource_type_read(&call, &read, &got, &diags));
        check_str(diags.items[0].summary, "Provider produced invalid identity");
    }
    foreign_provider_close(foreign);
}

static void imports_by_identity(void **) {
    ForeignProvider *foreign = open_with_identities();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    const ResourceType *type = resource_type_of(call.type);
    Diags diags = diags_new(arena);
    Value name = value_from_cstr("a");
    ImportRequest request = {.identity =
                                 value_object_of(schema_implied_type(type->identity), &name)};
    ImportResponse imported;
    world_set("ImportResourceState", "0a2e0a07705f7468696e6712150a13"
                                     "83a26964a131a46e616d65a161a470617274c0"
                                     "22" IDENTITY_A);
    assert_true(resource_type_import(&call, &request, &imported, &diags));
    check_str(world_request("ImportResourceState"), "0a07705f7468696e67"
                                                    "1a021001"
                                                    "22" IDENTITY_A);
    check_name(imported.identity);
    world_set("ImportResourceState", "0a200a07705f7468696e6712150a13"
                                     "83a26964a131a46e616d65a161a470617274c0");
    assert_false(resource_type_import(&call, &request, &imported, &diags));
    check_str(diags.items[0].summary, "Provider returned invalid import");
    foreign_provider_close(foreign);
}

static void damaged_identity_schemas(void **) {
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

UNIT_MAIN(test_foreign_identity) {
    const struct CMUnitTest tests[] = {
        FOREIGN_CASE(identities),
        FOREIGN_CASE(wrong_identities),
        FOREIGN_CASE(imports_by_identity),
        FOREIGN_CASE(damaged_identity_schemas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
