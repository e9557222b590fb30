/* Slots that run, empty slots, and results that contradict their diagnostics. */
#include "unit.h"

#include "object_type.h"
#include "resource_type.h"

static const Attribute thing_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name."},
    {"label", &TYPE_STRING, OPTIONAL, "Label."},
    {"id", &TYPE_STRING, COMPUTED, "Identity."},
};

static const Schema thing_schema = {SCHEMA_ATTRIBUTES(thing_attributes)};

static Value thing(const char *name, const char *label, const char *id, Arena *arena) {
    const char *const parts[] = {id, label, name}; /* in alphabetical order of the names */
    Value *items = arena_new_array(arena, Value, 3);
    for (size_t i = 0; i < 3; i++) {
        items[i] = parts[i] ? value_from_cstr(parts[i]) : value_null(&TYPE_STRING);
    }
    return value_object_of(schema_implied_type(&thing_schema), items);
}

static Value nothing(void) {
    return value_null(schema_implied_type(&thing_schema));
}

static bool thing_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    Path id = path_attribute((Path){0}, STR("id"), call->arena);
    response->state = path_set(request->planned, id, value_from_cstr("made"), call->arena);
    return true;
}

static bool thing_update(const Call *, const ApplyRequest *request, ApplyResponse *response,
                         Diags *) {
    response->state = request->planned;
    response->private_data = STR("updated");
    return true;
}

static bool thing_delete(const Call *, const DeleteRequest *, DeleteResponse *, Diags *diags) {
    diags_error(diags, NO_RANGE, "In use", "It is in use.");
    return false;
}

static bool fails_in_silence(const Call *, const ApplyRequest *, ApplyResponse *, Diags *) {
    return false;
}

static bool says_true_with_error(const Call *, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    (void)config;
    diags_error(diags, NO_RANGE, "Bad", "It is bad.");
    return true;
}

static bool thing_plan(const Call *call, const PlanRequest *, PlanResponse *response, Diags *) {
    Path id = path_attribute((Path){0}, STR("id"), call->arena);
    response->planned = path_set(response->planned, id, value_from_cstr("known"), call->arena);
    return true;
}

static const ResourceType bare = {.name = "bare", .schema = {SCHEMA_ATTRIBUTES(thing_attributes)}};
static const ResourceType full = {
    .name = "full",
    .schema = {SCHEMA_ATTRIBUTES(thing_attributes)},
    .plan = thing_plan,
    .create = thing_create,
    .update = thing_update,
    .delete = thing_delete,
};
static const ResourceType broken = {
    .name = "broken",
    .schema = {SCHEMA_ATTRIBUTES(thing_attributes)},
    .validate = says_true_with_error,
    .create = fails_in_silence,
};

/* Makes the call one of this type. */
static const Call *of(Call *call, const ResourceType *type) {
    call->type = &type->type;
    return call;
}

static void apply_runs_the_slot(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Call call = {.arena = arena};
    ApplyResponse response;
    ApplyRequest request = {
        .prior = nothing(), .planned = thing("a", NULL, NULL, arena), .private_data = STR("p")};
    assert_true(resource_type_apply(of(&call, &full), &request, &response, &diags));
    check_str(value_text(value_attribute(response.state, STR("id"))), "made");
    check_str(response.private_data, "p");
    request.prior = response.state;
    request.planned = thing("a", "l", "made", arena);
    assert_true(resource_type_apply(of(&call, &full), &request, &response, &diags));
    assert_true(value_equal(response.state, request.planned));
    check_str(response.private_data, "updated");
    DeleteRequest deletion = {request.prior, STR("p")};
    DeleteResponse left;
    assert_false(resource_type_delete(of(&call, &full), &deletion, &left, &diags));
    check_str(diags.items[0].summary, "In use");
    assert_true(value_equal(left.state, request.prior)); /* the default for a failed deletion */
    check_str(left.private_data, "p");
}

static void empty_slots(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Call call = {.arena = arena};
    Value object = thing("a", NULL, "1", arena);
    ReadRequest read = {object, STR("p")};
    ReadResponse found;
    assert_true(resource_type_read(of(&call, &bare), &read, &found, &diags));
    assert_true(value_equal(found.state, object));
    check_str(found.private_data, "p");
    MarkerRequest choice = {object};
    MarkerResponse chosen;
    assert_true(resource_type_marker(of(&call, &bare), &choice, &chosen, &diags));
    assert_int_equal(chosen.marker.len, 0);
    LimitsRequest operation = {LIMIT_CREATE, object};
    LimitsResponse limits;
    assert_true(resource_type_limits(of(&call, &bare), &operation, &limits, &diags));
    assert_int_equal(limits.limits.count, 0);
    UpgradeRequest old = {1, STR("{}")};
    UpgradeResponse upgraded;
    assert_true(resource_type_upgrade(of(&call, &bare), &old, &upgraded, &diags));
    check_str(upgraded.upgraded, "{}");
    RecoverRequest recover = {.planned = object};
    RecoverResponse recovered;
    assert_true(resource_type_recover(of(&call, &bare), &recover, &recovered, &diags));
    assert_int_equal(recovered.outcome, RECOVER_ABSENT);
    assert_true(value_is_null(recovered.state));
    DeleteRequest deletion = {object, STR_EMPTY};
    DeleteResponse left;
    assert_true(resource_type_delete(of(&call, &bare), &deletion, &left, &diags));
    ApplyResponse response;
    ApplyRequest request = {.prior = object, .planned = object};
    assert_true(resource_type_apply(of(&call, &bare), &request, &response, &diags));
    assert_true(value_equal(response.state, object));
    assert_int_equal(diags.count, 0);
    request.planned = thing("a", "new", "1", arena);
    assert_false(resource_type_apply(of(&call, &bare), &request, &response, &diags));
    request.prior = nothing();
    assert_false(resource_type_apply(of(&call, &bare), &request, &response, &diags));
    assert_int_equal(diags.error_count, 2);
}

static void answers_and_errors_agree(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Call call = {.arena = arena};
    ApplyResponse response;
    ApplyRequest request = {.prior = nothing(), .planned = thing("a", NULL, NULL, arena)};
    assert_false(resource_type_apply(of(&call, &broken), &request, &response, &diags));
    assert_int_equal(diags.error_count, 1);
    assert_false(object_type_validate(of(&call, &broken), request.planned, &diags));
    check_str(diags.items[1].summary, "Bad");
    assert_false(object_type_validate(of(&call, &bare), thing(NULL, NULL, NULL, arena), &diags));
    assert_true(object_type_validate(of(&call, &bare), request.planned, &diags));
    assert_int_equal(diags.error_count, 3);
}

static PlanResponse plan(const ResourceType *type, Value prior, Value config, Value proposed,
                         Arena *arena) {
    Diags diags = diags_new(arena);
    Call call = {.type = &type->type, .arena = arena};
    PlanRequest request = {
        .prior = prior, .config = config, .proposed = proposed, .private_data = STR("p")};
    PlanResponse response;
    assert_true(resource_type_plan(&call, &request, &response, &diags));
    check_str(response.private_data, "p");
    return response;
}

static void plans(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value config = thing("b", NULL, NULL, arena);
    PlanResponse created = plan(&bare, nothing(), config, config, arena);
    assert_false(value_is_known(value_attribute(created.planned, STR("id"))));
    assert_int_equal(created.requires_replace.count, 0);
    PlanResponse known = plan(&full, nothing(), config, config, arena);
    check_str(value_text(value_attribute(known.planned, STR("id"))), "known");
    PlanResponse replaced =
        plan(&bare, thing("a", NULL, "1", arena), config, thing("b", NULL, "1", arena), arena);
    assert_int_equal(replaced.requires_replace.count, 1);
    check_str(path_to_str(replaced.requires_replace.items[0], arena), ".name");
    PlanResponse gone = plan(&full, thing("a", NULL, "1", arena), nothing(), nothing(), arena);
    assert_true(value_is_null(gone.planned));
    assert_int_equal(gone.requires_replace.count, 0);
}

static void without_update_any_change_replaces(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value prior = thing("a", "x", "1", arena);
    Value proposed = thing("a", "y", "1", arena);
    PlanResponse response = plan(&bare, prior, thing("a", "y", NULL, arena), proposed, arena);
    assert_int_equal(response.requires_replace.count, 1);
    check_str(path_to_str(response.requires_replace.items[0], arena), ".label");
    response = plan(&full, prior, thing("a", "y", NULL, arena), proposed, arena);
    assert_int_equal(response.requires_replace.count, 0);
    response = plan(&bare, prior, thing("a", "x", NULL, arena), prior, arena);
    assert_int_equal(response.requires_replace.count, 0);
}

static bool plan_label(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *) {
    assert_true(value_equal(response->planned, request->proposed));
    assert_int_equal(response->requires_replace.count, 0);
    Path label = path_attribute((Path){0}, STR("label"), call->arena);
    response->planned = path_set(request->proposed, label, value_from_cstr("own"), call->arena);
    return true;
}

/* The framework adds neither unknown values nor replacements. */
static void plans_itself(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    ResourceType type = {.name = "p_thing",
                         .schema = {SCHEMA_ATTRIBUTES(thing_attributes)},
                         .plans_itself = true,
                         .plan = plan_label};
    Call call = {.type = &type.type, .arena = arena};
    PlanResponse response;
    PlanRequest request = {.prior = nothing(), .proposed = thing("a", NULL, NULL, arena)};
    assert_true(resource_type_plan(&call, &request, &response, &diags));
    assert_true(value_equal(response.planned, thing("a", "own", NULL, arena)));
    request.prior = thing("b", "x", "1", arena);
    assert_true(resource_type_plan(&call, &request, &response, &diags));
    assert_int_equal(response.requires_replace.count, 0);
}

static void coverage_by_flags(void **) {
    static const Attribute covered_attributes[] = {
        {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name."},
        {"id", &TYPE_STRING, COMPUTED, "Identity."},
    };
    static const ResourceType covered = {
        .name = "covered",
        .schema = {SCHEMA_ATTRIBUTES(covered_attributes)},
    };
    assert_true(resource_type_covers_updates(&covered));
    assert_true(resource_type_covers_updates(&full));
    assert_false(resource_type_covers_updates(&bare));
}

UNIT_MAIN(test_resource_type) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(apply_runs_the_slot),
        cmocka_unit_test(empty_slots),
        cmocka_unit_test(answers_and_errors_agree),
        cmocka_unit_test(plans),
        cmocka_unit_test(plans_itself),
        cmocka_unit_test(without_update_any_change_replaces),
        cmocka_unit_test(coverage_by_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
