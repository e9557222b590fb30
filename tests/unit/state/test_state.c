/* Resources and instances: found, ordered, removed, copied. */
#include "digest.h"
#include "state_case.h"

static State *filled(const char *const *addresses, size_t count, Arena *arena) {
    State *state = state_new(arena);
    for (size_t i = 0; i < count; i++) {
        ResourceAddr address = state_case_address(addresses[i], arena);
        state_add_instance(state, address)->current = state_case_object(addresses[i], arena);
    }
    return state;
}

static void instances_are_sorted(void **) {
    static const char *const added[] = {"t.a[10]", "t.a[\"b\"]", "t.a[2]",
                                        "t.a",     "t.a[\"a\"]", "t.a[2]"};
    static const char *const wanted[] = {"", "[2]", "[10]", "[\"a\"]", "[\"b\"]"};
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = filled(added, ARRAY_COUNT(added), arena);
    StateResource *resource = state_find_resource(state, state_case_address("t.a[99]", arena));
    assert_int_equal(resource->instances.count, ARRAY_COUNT(wanted));
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++)
        check_str(address_key_to_str(resource->instances.items[i].key, arena), wanted[i]);
    check_str(state_case_attributes(state, "t.a[10]", arena), "{\"id\":\"t.a[10]\"}");
    assert_null(state_find_instance(state, state_case_address("t.a[3]", arena)));
    assert_null(state_find_resource(state, state_case_address("t.b", arena)));
}

static void resources_are_sorted(void **) {
    static const char *const added[] = {"module.b.t.a", "t.b", "data.t.z", "t.a",
                                        "module.a[\"k\"].t.a"};
    static const char *const wanted[] = {"data.t.z", "t.a", "t.b", "module.a[\"k\"].t.a",
                                         "module.b.t.a"};
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = filled(added, ARRAY_COUNT(added), arena);
    StateResources sorted;
    state_sorted_resources(state, &sorted, arena);
    assert_int_equal(sorted.count, ARRAY_COUNT(wanted));
    for (size_t i = 0; i < sorted.count; i++)
        check_str(resource_addr_to_str(sorted.items[i]->address, arena), wanted[i]);
}

static void pruning(void **) {
    static const char *const added[] = {"t.a[0]", "t.a[1]", "t.b", "t.c"};
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = filled(added, ARRAY_COUNT(added), arena);
    state_empty_instance(state, state_case_address("t.a[0]", arena));
    state_compact(state);
    assert_null(state_find_instance(state, state_case_address("t.a[0]", arena)));
    assert_non_null(state_find_resource(state, state_case_address("t.a", arena)));
    state_empty_instance(state, state_case_address("t.a[1]", arena));
    state_compact(state);
    assert_null(state_find_resource(state, state_case_address("t.a", arena)));

    StateInstance *b = state_find_instance(state, state_case_address("t.b", arena));
    b->current = NULL;
    state_find_instance(state, state_case_address("t.c", arena))->current = NULL;
    state_set_deposed(b, STR("00000001"), state_case_object("old", arena), arena);
    state_compact(state);
    assert_int_equal(state->resources.count, 1);
    b = state_find_instance(state, state_case_address("t.b", arena));
    state_remove_deposed(b, STR("00000001"));
    b->pending = arena_new(arena, StatePending);
    state_compact(state);
    assert_int_equal(state->resources.count, 1);
    state_find_instance(state, state_case_address("t.b", arena))->pending = NULL;
    state_compact(state);
    assert_true(state_is_empty(state));
}

/* Many removals take one pass at the end. */
static void many_removals(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_new(arena);
    for (size_t i = 0; i < 1000; i++)
        map_set(&state->outputs, str_format(arena, "o%zu", i), arena_new(arena, StateOutput));
    const MapEntry *entries = state->outputs.entries;
    for (size_t i = 0; i < 1000; i += 2)
        state_remove_output(state, str_format(arena, "o%zu", i));
    state_remove_output(state, STR("absent"));
    assert_ptr_equal(state->outputs.entries, entries);
    assert_int_equal(state->outputs.count, 1000);
    assert_null(map_find(&state->outputs, STR("o2")));
    state_compact(state);
    assert_int_equal(state->outputs.count, 500);
    check_str(state->outputs.entries[1].key, "o3");
}

/* The copy shares no memory with the original. */
static void copies(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Arena *short_lived = arena_open("original");
    State *state = state_case_load("tainted_and_deposed.tfstate", short_lived);
    ResourceAddr address = state_case_address("terraform_data.t", short_lived);
    StatePending *pending = arena_new(short_lived, StatePending);
    pending->action = PENDING_CREATE;
    pending->generation = 3;
    state_find_instance(state, address)->pending = pending;
    Str before = statefile_encode(state, arena);
    State *copy = state_clone(state, arena);
    arena_close(short_lived);
    check_str_equal(statefile_encode(copy, arena), before);
    address = state_case_address("terraform_data.t", arena);
    assert_int_equal(state_find_instance(copy, address)->pending->action, PENDING_CREATE);
}

/* A fork shares the objects, but has its own instances. */
static void forks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_case_load("tainted_and_deposed.tfstate", arena);
    ResourceAddr address = state_case_address("terraform_data.t", arena);
    const StateObject *object = state_find_instance(state, address)->current;
    Str before = statefile_encode(state, arena);
    State *fork = state_fork(state, arena);
    check_str_equal(statefile_encode(fork, arena), before);
    assert_ptr_equal(state_find_instance(fork, address)->current, object);
    state_find_instance(fork, address)->current = state_case_object("other", arena);
    state_find_instance(fork, address)->deposed.count = 0;
    state_add_instance(fork, state_case_address("terraform_data.new", arena));
    check_str_equal(statefile_encode(state, arena), before);
}

/* The last group of a lineage has the environment, the Stack, both or none. */
static void lineages(void **) {
    static const char *const names[] = {"", "a", "b", "prod/network", "prod/dns"};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < ARRAY_COUNT(names); j += 3) {
            Str lineage =
                state_lineage_new(str_from_cstr(names[i]), str_from_cstr(names[j]), arena);
            assert_int_equal(lineage.len, 36);
            assert_int_equal(lineage.ptr[14], j ? '8' : '4');
            assert_int_equal(state_lineage_has_owner(lineage), j > 0);
            for (size_t k = 0; k < ARRAY_COUNT(names); k++)
                assert_int_equal(state_lineage_is_of(lineage, str_from_cstr(names[k])),
                                 k > 0 && (k == i || k == j));
        }
    }
    /* of an environment, written by an earlier release */
    Str older = STR("6a5f1f0e-6c0e-4c9c-9d1e-");
    Str parts[] = {older, STR("prod")};
    Str tail = digest_hex(DIGEST_SHA256, str_join(parts, 2, STR("/"), arena), arena);
    older = str_concat(older, str_slice(tail, 0, 12), arena);
    assert_true(state_lineage_is_of(older, STR("prod")));
    assert_false(state_lineage_is_of(older, STR("dev")));
    assert_false(state_lineage_has_owner(STR("")));
}

/* Lineages of other programs are random digits, of which one in sixteen has the version 8. */
static void foreign_lineages(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    assert_false(state_lineage_has_owner(STR("3d011417-36e1-8302-77c5-7e45fdf14235")));
    for (int i = 0; i < 2000; i++) {
        Str digits = digest_hex(DIGEST_MD5, str_format(arena, "%d", i), arena);
        Str lineage = str_format(arena, "%.8s-%.4s-8%.3s-%.4s-%.12s", digits.ptr, digits.ptr + 8,
                                 digits.ptr + 13, digits.ptr + 16, digits.ptr + 20);
        assert_false(state_lineage_has_owner(lineage));
    }
}

static const StateOwner OWNER = {
    STR_CONST("c"),
    STR_CONST("prod"),
    STR_CONST("network"),
    STR_CONST("u"),
};

/* The saved plan of the last apply, with and without an environment. */
static void applied_plans(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_new(arena);
    state->lineage = STR("l");
    assert_true(str_find(statefile_encode(state, arena), STR("applied"), 0) == SIZE_MAX);
    for (int has_environment = 0; has_environment < 2; has_environment++) {
        state->applied_plan = STR("sha256:1");
        state->applied_variables = has_environment ? STR("v") : STR_EMPTY;
        const State *read = state_case_decode(statefile_encode(state, arena), arena);
        check_str(read->applied_plan, "sha256:1");
        check_str(read->applied_variables, has_environment ? "v" : "");
        assert_true(statefile_same_content(state, read));
        State *other = state_clone(read, arena);
        check_str(other->applied_plan, "sha256:1");
        other->applied_plan = STR_EMPTY;
        assert_false(statefile_same_content(state, other));
    }
    state = state_case_decode(STR("{\"version\":4,\"applied\":{\"commit\":\"c\",\"later\":[1]}}"),
                              arena);
    check_str(state->applied_plan, "");
    check_str(state->applied_commit, "c");
}

static void owners(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *state = state_new(arena), *read;
    Diags diags = diags_new(arena);
    assert_true(str_find(statefile_encode(state, arena), STR("owner"), 0) == SIZE_MAX);
    state->owner = OWNER;
    Str text = statefile_encode(state_clone(state, arena), arena);
    assert_true(statefile_decode(STR("s"), text, &read, arena, &diags));
    assert_true(state_owner_equal(&read->owner, &OWNER));
    check_str(state_owner_name(&read->owner, arena), "prod/network");
    check_str(state_owner_name(&(StateOwner){0}, arena), "");
    for (size_t i = 0; i < state_owner_record.count; i++) {
        StateOwner other = OWNER;
        *(Str *)((char *)&other + state_owner_record.rows[i].offset) = STR("x");
        assert_false(state_owner_equal(&other, &OWNER));
    }
    static const char *const broken[] = {
        "1", "{}", "null", "[]", "{\"name\": 1}", "{\"name\": \"\"}"};
    for (size_t i = 0; i < ARRAY_COUNT(broken); i++) {
        text = str_format(arena, "{\"version\": 4, \"owner\": %s}", broken[i]);
        if (statefile_decode(STR("s"), text, &read, arena, &diags))
            fail_msg("%s was read", broken[i]);
    }
}

UNIT_MAIN(test_state) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lineages),
        cmocka_unit_test(foreign_lineages),
        cmocka_unit_test(applied_plans),
        cmocka_unit_test(owners),
        cmocka_unit_test(instances_are_sorted),
        cmocka_unit_test(resources_are_sorted),
        cmocka_unit_test(pruning),
        cmocka_unit_test(many_removals),
        cmocka_unit_test(copies),
        cmocka_unit_test(forks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
