/* lifecycle.enabled: one object or none; other tests plan count and for_each. */
#include "engine_case.h"
#include "input.h"

#define SWITCH "variable: {on: {default: true}}\n"
#define THING  "resource: {fake_thing: {a: {name: a, lifecycle: {enabled: \"${var.on}\"}}}}\n"
#define MODULE "module: {m: {source: ./m, lifecycle: {enabled: \"${var.on}\"}}}\n"

static void turn(EngineCase *c, bool on) {
    InputValue *input = arena_new(c->arena, InputValue);
    input->value = value_bool(on);
    map_set(&c->variables, STR("on"), input);
}

static EngineCase *open_with(const char *text) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.loam.yaml",
                      "resource: {fake_thing: {c: {name: c}}}\noutput: {o: {value: 1}}\n");
    engine_case_config(c, text);
    return c;
}

static void comes_and_goes(void **state) {
    (void)state;
    EngineCase *c = open_with(SWITCH THING);
    engine_case_must(c, engine_case_apply(c));
    check_str(engine_case_objects(c, c->state), "fake_thing.a a-1\n");
    turn(c, false);
    engine_case_must(c, engine_case_plan(c));
    check_str(engine_case_changes(c), "- fake_thing.a delete_because_enabled_false\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(engine_case_objects(c, c->state), "");
    turn(c, true);
    engine_case_must(c, engine_case_apply(c));
    check_str(engine_case_objects(c, c->state), "fake_thing.a a-2\n");
    engine_case_close(c);
}

static void is_null_if_disabled(void **state) {
    (void)state;
    EngineCase *c = open_with(
        SWITCH MODULE "resource: {terraform_data: {a: {lifecycle: {enabled: \"${var.on}\"}}}}\n"
                      "output: {there: {value: \"${terraform_data.a != null}\"},\n"
                      "  module: {value: \"${module.m != null}\"}}\n");
    for (int on = 1; on >= 0; on--) {
        turn(c, on);
        engine_case_must(c, engine_case_apply(c));
        const StateOutput *there = map_find(&c->state->outputs, STR("there"));
        const StateOutput *module = map_find(&c->state->outputs, STR("module"));
        assert_int_equal(value_is_true(there->value), on);
        assert_int_equal(value_is_true(module->value), on);
    }
    engine_case_close(c);
}

static const struct {
    const char *text;
    const char *said;
} wrong[] = {
    {"output: {o: {value: \"${fake_thing.a.id}\"}}\n", "Attempt to get attribute from null value"},
    {"output: {o: {value: \"${module.m.o}\"}}\n", "Attempt to get attribute from null value"},
};

static void has_no_attributes_if_disabled(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        EngineCase *c = open_with(SWITCH THING MODULE);
        engine_case_write(c, "o.loam.yaml", wrong[i].text);
        engine_case_load(c);
        engine_case_must(c, engine_case_plan(c));
        turn(c, false);
        assert_false(engine_case_plan(c));
        if (!str_starts_with(engine_case_said(c), str_from_cstr(wrong[i].said)))
            fail_msg("%.*s", STR_ARG(engine_case_said(c)));
        engine_case_close(c);
    }
}

static void a_disabled_module_destroys_its_objects(void **state) {
    (void)state;
    EngineCase *c = open_with(SWITCH MODULE);
    engine_case_must(c, engine_case_apply(c));
    turn(c, false);
    engine_case_must(c, engine_case_plan(c));
    check_str(engine_case_changes(c), "- module.m.fake_thing.c delete_because_no_module\n");
    engine_case_must(c, engine_case_apply_plan(c));
    assert_true(state_is_empty(c->state));
    engine_case_close(c);
}

#define ENABLED(value) "resource: {fake_thing: {a: {name: a, lifecycle: {enabled: " value "}}}}\n"

static const char *const refused[] = {
    ENABLED("\"${null}\""),
    ("variable: {s: {default: true, sensitive: true}}\n" ENABLED("\"${var.s}\"")),
    ("resource: {fake_thing: {b: {name: b}, a: {name: a, lifecycle: {enabled: \"${fake_thing.b.id "
     "== \\\"x\\\"}\"}}}}\n"),
};

static void rejects_invalid_enabled(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        EngineCase *c = open_with(refused[i]);
        assert_false(engine_case_plan(c));
        if (!str_starts_with(engine_case_said(c), STR("Invalid enabled argument")))
            fail_msg("%.*s", STR_ARG(engine_case_said(c)));
        engine_case_close(c);
    }
}

/* A destroy deletes the object although "enabled" is unknown. */
static void destroys_if_enabled_is_unknown(void **) {
    EngineCase *c = open_with(SWITCH THING);
    engine_case_must(c, engine_case_apply(c));
    c->options.mode = PLAN_DESTROY;
    engine_case_must(c, engine_case_apply(c));
    check_str(engine_case_diary(c), "delete a\n");
    engine_case_close(c);
}

UNIT_MAIN(test_expand) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_and_goes),
        cmocka_unit_test(is_null_if_disabled),
        cmocka_unit_test(has_no_attributes_if_disabled),
        cmocka_unit_test(a_disabled_module_destroys_its_objects),
        cmocka_unit_test(rejects_invalid_enabled),
        cmocka_unit_test(destroys_if_enabled_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
