/* Mocked objects: precedence of overrides; no provider is called. */
#include "engine_case.h"

static TestOverride *override_of(EngineCase *c, const char *target, const char *id) {
    TestOverride *override = arena_new(c->arena, TestOverride);
    Str *names = arena_new(c->arena, Str);
    Value *values = arena_new(c->arena, Value);
    Diags diags = diags_new(c->arena);
    assert_true(address_parse_target(str_from_cstr(target), &override->target, c->arena, &diags));
    override->kind = override->target.is_resource ? OVERRIDE_RESOURCE : OVERRIDE_MODULE;
    *names = override->target.is_resource ? STR("id") : STR("o");
    *values = value_from_cstr(id);
    override->values = value_object(names, values, 1, c->arena);
    return override;
}

static Str ids(const EngineCase *c) {
    StrBuf out = strbuf_new(c->arena);
    vec_each(&c->plan->changes, change) {
        strbuf_add_format(&out, "%.*s ", STR_ARG(resource_addr_to_str(change->address, c->arena)));
        strbuf_add(&out, value_display(value_attribute(change->after, STR("id")), 0, c->arena));
        strbuf_add_char(&out, '\n');
    }
    return strbuf_str(&out);
}

static void plan_with(EngineCase *c, const TestOverrides *overrides) {
    Engine engine = engine_case_engine(c);
    PlanResult result = {0};
    engine.overrides = overrides;
    c->diags = diags_new(c->arena);
    assert_true(engine_plan(&engine, &c->options, c->state, &result, c->arena, &c->diags));
    c->plan = result.plan;
    c->refreshed = result.refreshed;
}

static void instances_first(void **) {
    EngineCase *c = engine_case_open();
    TestOverrides overrides = {0};
    const char *const rows[][2] = {
        {"fake_thing.a", "any"}, {"fake_thing.a[1]", "one"}, {"fake_thing.a[1]", "later"}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        TestOverride *override = override_of(c, rows[i][0], rows[i][1]);
        override->during_plan = i < 2;
        vec_push(c->arena, &overrides, override);
    }
    engine_case_config(c, "resource: {fake_thing: {a: {count: 2, name: \"${count.index}\"}, "
                          "b: {name: b}}}\n");
    plan_with(c, &overrides);
    check_str(ids(c), "fake_thing.a[0] \"any\"\nfake_thing.a[1] \"one\"\nfake_thing.b (known "
                      "after apply)\n");
    engine_case_close(c);
}

static void modules(void **) {
    EngineCase *c = engine_case_open();
    TestOverrides overrides = {0};
    vec_push(c->arena, &overrides, override_of(c, "module.m[1]", "made up"));
    engine_case_write(c, "m/main.loam.yaml",
                      "resource: {fake_thing: {x: {name: x}}}\noutput: {o: {value: real}}\n");
    engine_case_config(c, "module: {m: {source: ./m, count: 2}}\n"
                          "output: {o: {value: \"${module.m[*].o}\"}}\n");
    plan_with(c, &overrides);
    check_str(ids(c), "module.m[0].fake_thing.x (known after apply)\n");
    check_str(value_display(c->plan->outputs.items[0].after, 0, c->arena),
              "[\"real\", \"made up\"]");
    engine_case_close(c);
}

/* Changes that leave something outside of the state. */
static void effects(void **) {
    EngineCase *c = engine_case_open();
    TestOverrides overrides = {0};
    StrBuf found = strbuf_new(c->arena);
    vec_push(c->arena, &overrides, override_of(c, "fake_thing.mocked", "made up"));
    engine_case_config(c, "resource:\n"
                          "  fake_thing: {mocked: {name: m}, real: {name: r}}\n"
                          "  terraform_data: {value: {}}\n");
    plan_with(c, &overrides);
    vec_each(&c->plan->changes, change) {
        if (change->has_effect)
            strbuf_add(&found, resource_addr_to_str(change->address, c->arena));
    }
    check_str(strbuf_str(&found), "fake_thing.real");
    engine_case_close(c);
}

/* No call of the provider is made for a mocked object, in any part of its life. */
static void no_calls(void **) {
    EngineCase *c = engine_case_open();
    TestOverrides overrides = {0};
    vec_push(c->arena, &overrides, override_of(c, "fake_thing.a", "made up"));
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, group: one}}}\n");
    fake_world_order(&c->world, "limit a");
    static const PlanMode modes[] = {PLAN_NORMAL, PLAN_NORMAL, PLAN_REFRESH_ONLY, PLAN_DESTROY};
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        engine_case_options(c, modes[i]);
        plan_with(c, &overrides);
        Engine engine = engine_case_engine(c);
        engine.overrides = &overrides;
        WorkingState *working =
            working_state_open(c->refreshed, &c->backend, NULL, &c->world.io, c->arena);
        engine_case_must(c,
                         engine_apply(&engine, &c->options, c->plan, working, c->arena, &c->diags));
        c->state = working_state_close(working);
        check_objects(c, modes[i] == PLAN_DESTROY ? "" : "fake_thing.a made up\n");
        check_diary(c, "");
        assert_int_equal(c->world.calls, 0);
        assert_int_equal(c->world.reads, 0);
    }
    engine_case_close(c);
}

UNIT_MAIN(test_mocking) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances_first),
        cmocka_unit_test(modules),
        cmocka_unit_test(effects),
        cmocka_unit_test(no_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
