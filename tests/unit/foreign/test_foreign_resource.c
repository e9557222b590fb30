/* Calls about a resource of a provider that is a program. */
#include "foreign_case.h"

static void plans(void **) {
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    PlanRequest request = {.prior = nothing(&call),
                           .proposed = object(&call, NULL, "a"),
                           .config = object(&call, NULL, "a")};
    PlanResponse response;
    world_set("PlanResourceChange", UNKNOWN_A "1a0170"
                                              "2801");
    assert_true(resource_type_plan(&call, &request, &response, &diags));
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

static void replacements(void **) {
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
    assert_true(resource_type_plan(&call, &request, &response, &diags));
    assert_int_equal(response.requires_replace.count, 1);
    check_str(path_to_str(response.requires_replace.items[0], arena), ".name");
    world_set("PlanResourceChange", NOTHING);
    assert_false(resource_type_plan(&call, &request, &response, &diags));
    check_str(diags.items[0].summary, "Provider produced invalid plan");
    world_set("PlanResourceChange", "");
    assert_false(resource_type_plan(&call, &request, &response, &diags));
    check_str(vec_last(&diags).summary, "Provider produced invalid object");
    foreign_provider_close(foreign);
}

/* Reasons 3 in a plan, 2 in a read, 1 in an import, and 9, which no version of the protocol has. */
static void deferrals(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
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
    assert_false(resource_type_plan(&call, &request, &planned, &diags));
    check_str(vec_last(&diags).summary, "Change deferred by its provider");
    assert_true(str_find(vec_last(&diags).detail, STR("-allow-deferral"), 0) != SIZE_MAX);
    assert_false(resource_type_read(&call, &reading, &read, &diags));
    assert_false(resource_type_import(&call, &importing, &imported, &diags));
    call.allows_deferral = true;
    assert_true(resource_type_plan(&call, &request, &planned, &diags));
    assert_int_equal(planned.deferral, DEFERRAL_ABSENT_PREREQUISITE);
    assert_true(value_equal(planned.planned, request.proposed));
    Str sent = world_request("PlanResourceChange");
    assert_true(str_ends_with(sent, STR("3a0408011001")));
    assert_true(resource_type_read(&call, &reading, &read, &diags));
    assert_int_equal(read.deferral, DEFERRAL_PROVIDER_CONFIG);
    assert_true(value_equal(read.state, reading.state));
    assert_true(resource_type_import(&call, &importing, &imported, &diags));
    assert_int_equal(imported.deferral, DEFERRAL_RESOURCE_CONFIG);
    world_set("PlanResourceChange", "32020809");
    assert_true(resource_type_plan(&call, &request, &planned, &diags));
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
    world_set("ApplyResourceChange", KNOWN_A "120170");
    assert_true(resource_type_apply(&call, &create, &response, &diags));
    check_str(value_text(value_at(response.state, 0)), "1");
    check_str(response.private_data, "p");
    /* An object that failed is returned; without one, an update keeps the prior object. */
    world_set("ApplyResourceChange", KNOWN_A ERROR_3);
    assert_false(resource_type_apply(&call, &create, &response, &diags));
    assert_true(value_is_present(response.state));
    world_set("ApplyResourceChange", NOTHING ERROR_3);
    assert_false(resource_type_apply(&call, &create, &response, &diags));
    assert_true(value_is_null(response.state) && !response.in_doubt);
    ApplyRequest update = create;
    update.prior = object(&call, "1", "old");
    assert_false(resource_type_apply(&call, &update, &response, &diags));
    assert_true(value_equal(response.state, update.prior));
    /* Success without an object is an error; a lost response leaves the outcome in doubt. */
    diags = diags_new(arena);
    world_set("ApplyResourceChange", NOTHING);
    assert_false(resource_type_apply(&call, &create, &response, &diags));
    check_str(diags.items[0].summary, "Provider produced invalid object");
    world_respond("ApplyResourceChange", (RpcResponse){.status = RPC_CANCELLED, .is_lost = true});
    assert_false(resource_type_apply(&call, &create, &response, &diags));
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
    world_set("ApplyResourceChange", NOTHING);
    assert_true(resource_type_delete(&call, &request, &response, &diags));
    world_set("ApplyResourceChange", NOTHING ERROR_3);
    assert_false(resource_type_delete(&call, &request, &response, &diags));
    assert_true(value_is_null(response.state)); /* deleted despite the error */
    world_set("ApplyResourceChange", KNOWN_A ERROR_3);
    assert_false(resource_type_delete(&call, &request, &response, &diags));
    assert_true(value_is_present(response.state));
    assert_int_equal(vec_last(&diags).subject, DIAG_RELATION);
    foreign_provider_close(foreign);
}

static void reads_and_imports(void **state) {
    (void)state;
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    ReadRequest read = {.state = object(&call, "1", "a")};
    ReadResponse got;
    world_set("ReadResource", NOTHING);
    assert_true(resource_type_read(&call, &read, &got, &diags));
    assert_true(value_is_null(got.state));
    world_set("ReadResource", UNKNOWN_A);
    assert_false(resource_type_read(&call, &read, &got, &diags));
    ImportResponse imported;
    diags = diags_new(arena);
    world_set("ImportResourceState", "0a200a07705f7468696e6712150a13"
                                     "83a26964a131a46e616d65a161a470617274c0");
    assert_true(resource_type_import(&call, &(ImportRequest){STR("1")}, &imported, &diags));
    check_str(value_text(value_at(imported.state, 0)), "1");
    world_set("ImportResourceState", "");
    assert_false(resource_type_import(&call, &(ImportRequest){STR("1")}, &imported, &diags));
    check_str(diags.items[0].summary, "Provider returned invalid import");
    UpgradeResponse upgraded;
    world_set("UpgradeResourceState", KNOWN_A);
    assert_true(resource_type_upgrade(&call, &(UpgradeRequest){0, STR("{}")}, &upgraded, &diags));
    check_str(upgraded.upgraded, "{\"id\":\"1\",\"name\":\"a\",\"part\":[]}");
    RecoverResponse recovered;
    RecoverRequest recover = {.planned = object(&call, "1", "a"), .call = RECOVER_CREATE};
    assert_false(resource_type_recover(&call, &recover, &recovered, &diags));
    check_str(vec_last(&diags).summary, "Unknown whether an object was created");
    assert_true(str_find(vec_last(&diags).detail,
                         STR("Planned: id = \"1\", name = \"a\".\n\nLook for the object"),
                         0) != SIZE_MAX);
    assert_true(str_find(vec_last(&diags).detail,
                         STR("  loam state rm p_thing.a && loam import p_thing.a ID\n"),
                         0) != SIZE_MAX);
    foreign_provider_close(foreign);
}

static void moves_from_other_types(void **) {
    ForeignProvider *foreign = open_provider();
    Call call = call_of(foreign, MODE_MANAGED, "p_thing");
    Diags diags = diags_new(arena);
    MoveRequest request = {STR("h/x/q"), STR("q_thing"), 2, STR("{}"), STR("p")};
    MoveResponse moved;
    world_set("MoveResourceState", KNOWN_A "1a0172");
    assert_true(resource_type_move(&call, &request, &moved, &diags));
    check_str(moved.moved, "{\"id\":\"1\",\"name\":\"a\",\"part\":[]}");
    check_str(moved.private_data, "r");
    check_str(world_request("MoveResourceState"), "2a07705f7468696e67"
                                                  "0a05682f782f71"
                                                  "1207715f7468696e67"
                                                  "320170"
                                                  "1802"
                                                  "22040a027b7d");
    world_set("MoveResourceState", NOTHING);
    assert_false(resource_type_move(&call, &request, &moved, &diags));
    world_set("MoveResourceState", UNKNOWN_A);
    assert_false(resource_type_move(&call, &request, &moved, &diags));
    assert_int_equal(diags.error_count, 2);
    foreign_provider_close(foreign);
}

/* Responses that arrived after the end of the run that made the call. */
static void late_responses(void **) {
    static const struct {
        RecoverCall call;
        RecoverResponseKind kind;
        const char *response; /* in hexadecimal */
        bool is_known;
        RecoverOutcome outcome;
        size_t warnings;
    } cases[] = {
        {RECOVER_CREATE, RECOVER_UNSENT, "", true, RECOVER_ABSENT, 0},
        {RECOVER_CREATE, RECOVER_REJECTED, "6f6464", true, RECOVER_ABSENT, 1},
        {RECOVER_CREATE, RECOVER_RESPONDED, KNOWN_A, true, RECOVER_COMPLETE, 0},
        {RECOVER_CREATE, RECOVER_RESPONDED, KNOWN_A ERROR_3, true, RECOVER_TAINTED, 1},
        {RECOVER_CREATE, RECOVER_RESPONDED, NOTHING ERROR_3, true, RECOVER_ABSENT, 1},
        {RECOVER_CREATE, RECOVER_RESPONDED, "0a050a03c1c1c1", false, RECOVER_ABSENT, 0},
        {RECOVER_CREATE, RECOVER_RESPONDED, "ffff", false, RECOVER_ABSENT, 0},
        {RECOVER_UPDATE, RECOVER_RESPONDED, KNOWN_A, true, RECOVER_COMPLETE, 0},
        {RECOVER_UPDATE, RECOVER_RESPONDED, NOTHING ERROR_3, true, RECOVER_COMPLETE, 1},
        {RECOVER_UPDATE, RECOVER_RESPONDED, "ffff", true, RECOVER_COMPLETE, 1},
        {RECOVER_DELETE, RECOVER_RESPONDED, NOTHING, true, RECOVER_ABSENT, 0},
        {RECOVER_DELETE, RECOVER_RESPONDED, KNOWN_A ERROR_3, true, RECOVER_COMPLETE, 1},
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
        bool is_known = resource_type_recover(&call, &request, &recovered, &diags);
        if (is_known != cases[i].is_known || (is_known && recovered.outcome != cases[i].outcome) ||
            (is_known && diags.count != cases[i].warnings))
            fail_msg("case %zu: %d, %d, %zu", i, is_known, recovered.outcome, diags.count);
        assert_int_equal(diags.error_count, !is_known);
    }
    foreign_provider_close(foreign);
}

UNIT_MAIN(test_foreign_resource) {
    const struct CMUnitTest tests[] = {
        FOREIGN_CASE(plans),
        FOREIGN_CASE(replacements),
        FOREIGN_CASE(deferrals),
        FOREIGN_CASE(applies),
        FOREIGN_CASE(deletes),
        FOREIGN_CASE(reads_and_imports),
        FOREIGN_CASE(moves_from_other_types),
        FOREIGN_CASE(late_responses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
