/* Differences that require a write of the state file, and those that do not. */
#include "state_case.h"

static void same(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    State *a = state_case_load("outputs_and_keys.tfstate", arena);
    State *b = state_case_load("outputs_and_keys.tfstate", arena);
    assert_true(statefile_same_content(a, b));
    b->serial = 99;
    b->terraform_version = STR("other");
    state_add_instance(b, state_case_address("t.doubtful", arena))->pending =
        arena_new(arena, StatePending);
    state_add_instance(b, state_case_address("terraform_data.b[9]", arena));
    assert_true(statefile_same_content(a, b));
    assert_true(statefile_same_content(b, a));
}

static void change_lineage(State *state, Arena *) {
    state->lineage = STR("other");
}

static void change_owner(State *state, Arena *) {
    state->owner.name = STR("network");
}

static void change_output(State *state, Arena *arena) {
    StateOutput *output = arena_new(arena, StateOutput);
    *output = (StateOutput){value_from_cstr("other"), false};
    map_set(&state->outputs, STR("o"), output);
}

static void change_sensitivity(State *state, Arena *) {
    ((StateOutput *)map_find(&state->outputs, STR("o")))->sensitive = true;
}

static void add_output(State *state, Arena *arena) {
    StateOutput *output = arena_new(arena, StateOutput);
    output->value = value_int(1);
    map_set(&state->outputs, STR("more"), output);
}

static void change_object(State *state, Arena *arena) {
    state_find_instance(state, state_case_address("terraform_data.a", arena))->current =
        state_case_object("other", arena);
}

static void remove_object(State *state, Arena *arena) {
    state_find_instance(state, state_case_address("terraform_data.b[1]", arena))->current = NULL;
}

static void add_resource(State *state, Arena *arena) {
    state_add_instance(state, state_case_address("t.more", arena))->current =
        state_case_object("x", arena);
}

static void add_deposed(State *state, Arena *arena) {
    StateInstance *a = state_find_instance(state, state_case_address("terraform_data.a", arena));
    state_set_deposed(a, STR("00000001"), state_case_object("x", arena), arena);
}

static void change_provider(State *state, Arena *arena) {
    state_find_resource(state, state_case_address("terraform_data.a", arena))
        ->provider_config.alias = STR("west");
}

static void change_checks(State *state, Arena *) {
    state->check_results = STR("[]");
}

static void different(void **) {
    static void (*const changes[])(State * state, Arena * arena) = {
        change_lineage, change_owner,    change_output, change_sensitivity,
        add_output,     change_object,   remove_object, add_resource,
        add_deposed,    change_provider, change_checks,
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
        State *a = state_case_load("outputs_and_keys.tfstate", arena);
        State *b = state_case_load("outputs_and_keys.tfstate", arena);
        changes[i](b, arena);
        assert_false(statefile_same_content(a, b));
        assert_false(statefile_same_content(b, a));
    }
}

UNIT_MAIN(test_statefile) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same), cmocka_unit_test(different)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
