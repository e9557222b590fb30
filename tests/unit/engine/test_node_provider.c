/* Providers with for_each: each instance of a resource has a configuration of its own. */
#include "engine_case.h"

#define PROVIDERS(each)                                                                            \
    "provider: {fake: {alias: by, for_each: " each ", endpoint: \"${each.value}\"}}\n"
#define BOTH PROVIDERS("{x: one, y: two}")
#define THINGS(each)                                                                               \
    "resource: {fake_thing: {a: {for_each: " each                                                  \
    ", provider: 'fake.by[each.key]', name: \"a-${each.key}\"}}}\n"

static bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

static void each_instance_has_its_own(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH THINGS("{x: 1, y: 2}"));
    assert_true(has(engine_case_diary(c), "configure one\n"));
    assert_true(has(engine_case_diary(c), "configure two\n"));
    assert_true(has(c->stored, "provider[\\\"loam.internal/test/fake\\\"].by[\\\"x\\\"]"));
    assert_true(has(c->stored, "provider[\\\"loam.internal/test/fake\\\"].by[\\\"y\\\"]"));
    assert_false(has(c->stored, "fake\\\"].by\""));
    engine_case_must(c, engine_case_plan(c));
    check_str(engine_case_changes(c), "");
    engine_case_close(c);
}

/* The state says whose an object is that has no block any more. */
static void an_orphan_keeps_its_own(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH THINGS("{x: 1, y: 2}"));
    engine_case_must(c, statefile_decode(STR("s"), c->stored, &c->state, c->arena, &c->diags));
    engine_case_run(c, BOTH);
    check_str(engine_case_objects(c, c->state), "");
    engine_case_close(c);
}

static void an_orphan_whose_own_is_gone_stays(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH THINGS("{x: 1, y: 2}"));
    engine_case_config(c, PROVIDERS("{x: one}") THINGS("{x: 1}"));
    assert_false(engine_case_plan(c));
    assert_true(has(engine_case_said(c), "fake_thing.a[\"y\"]: Provider configuration not known"));
    engine_case_close(c);
}

static void another_key_is_remembered(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH "resource: {fake_thing: {a: {provider: 'fake.by[\"x\"]', name: a}}}\n");
    assert_true(has(c->stored, "by[\\\"x\\\"]"));
    engine_case_run(c, BOTH "resource: {fake_thing: {a: {provider: 'fake.by[\"y\"]', name: a}}}\n");
    check_str(engine_case_objects(c, c->state), "fake_thing.a a-1\n");
    assert_true(has(c->stored, "by[\\\"y\\\"]"));
    engine_case_close(c);
}

static void a_key_that_is_none_is_refused(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_config(c, BOTH THINGS("{x: 1, z: 2}"));
    assert_false(engine_case_plan(c));
    assert_true(has(engine_case_said(c), "Invalid provider instance key: fake_thing.a[\"z\"]"));
    engine_case_close(c);
}

static void all_are_asked_when_all_goes(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH THINGS("{x: 1, y: 2}"));
    c->options.mode = PLAN_DESTROY;
    engine_case_must(c, engine_case_apply(c));
    assert_true(state_is_empty(c->state));
    engine_case_close(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_instance_has_its_own),
        cmocka_unit_test(an_orphan_keeps_its_own),
        cmocka_unit_test(an_orphan_whose_own_is_gone_stays),
        cmocka_unit_test(another_key_is_remembered),
        cmocka_unit_test(a_key_that_is_none_is_refused),
        cmocka_unit_test(all_are_asked_when_all_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
