/* Provider configurations with for_each: each resource instance uses its own configuration. */
#include "engine_case.h"

#define PROVIDERS(each)                                                                            \
    "provider: {fake: {alias: by, for_each: " each ", endpoint: \"${each.value}\"}}\n"
#define BOTH PROVIDERS("{x: one, y: two}")
#define THINGS(each)                                                                               \
    "resource: {fake_thing: {a: {for_each: " each                                                  \
    ", provider: 'fake.by[each.key]', name: \"a-${each.key}\"}}}\n"

#define THINGS_OF(count)                                                                           \
    "resource: {fake_thing: {a: {count: " count ", name: \"a-${count.index}\"}}}\n"

static bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

static void each_instance_has_its_own(void **) {
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

/* The module call selects the configuration by its own key; nested modules need no change. */
static void calls_pass_their_own(void **) {
    static const char inner[] = "resource: {fake_thing: {t: {name: t}}}\n";
    static const char outer[] = "module: {inner: {source: ./inner}}\n";
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.loam.yaml", outer);
    engine_case_write(c, "m/inner/main.loam.yaml", inner);
    engine_case_run(c, BOTH "module: {m: {source: ./m, for_each: {x: 1, y: 2}, providers: {fake: "
                            "'fake.by[each.key]'}}}\n");
    assert_true(has(c->stored, "\"module\": \"module.m[\\\"x\\\"].module.inner\""));
    assert_true(has(c->stored, "fake\\\"].by[\\\"x\\\"]"));
    assert_true(has(c->stored, "fake\\\"].by[\\\"y\\\"]"));
    engine_case_must(c, engine_case_plan(c));
    check_str(engine_case_changes(c), "");
    engine_case_close(c);
}

static void calls_need_a_key(void **) {
    static const struct {
        const char *providers, *wanted;
    } cases[] = {
        {"fake: fake.by", "\"fake.by\" has \"for_each\""},
        {"fake: 'fake.by[\"z\"]'", "that its for_each does not have"},
        {"fake: 'fake.one[0]'", "\"fake.one\" has no \"for_each\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, "m/main.loam.yaml", "resource: {fake_thing: {t: {name: t}}}\n");
        Str text = str_format(c->arena,
                              "provider: {fake: [{alias: by, for_each: {x: 1}}, {alias: one}]}\n"
                              "module: {m: {source: ./m, providers: {%s}}}\n",
                              cases[i].providers);
        engine_case_config(c, str_to_cstr(text, c->arena));
        assert_false(engine_case_plan(c));
        check_said(c, cases[i].wanted);
        engine_case_close(c);
    }
}

/* A warning: removing an element would also remove the configuration that must destroy its objects.
 */
static void one_collection_for_both_is_a_warning(void **) {
    static const char said[] = "Provider configuration for_each matches resource";
    EngineCase *c = engine_case_open();
    engine_case_config(c, "locals: {all: {x: 1, y: 2}}\n" PROVIDERS("'${local.all}'")
                              THINGS("'${local.all}'"));
    engine_case_must(c, engine_case_plan(c));
    assert_true(has(engine_case_said(c), said));
    engine_case_config(c, "locals: {all: {x: 1, y: 2}}\n" PROVIDERS("'${local.all}'")
                              THINGS("{x: 1}"));
    engine_case_must(c, engine_case_plan(c));
    assert_false(has(engine_case_said(c), said));
    engine_case_close(c);
}

/* For an orphan, the state names the provider configuration. */
static void an_orphan_keeps_its_own(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH THINGS("{x: 1, y: 2}"));
    engine_case_must(c, statefile_decode(STR("s"), c->stored, &c->state, c->arena, &c->diags));
    engine_case_run(c, BOTH);
    check_str(engine_case_objects(c, c->state), "");
    engine_case_close(c);
}

static void an_orphan_whose_own_is_gone_stays(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH THINGS("{x: 1, y: 2}"));
    engine_case_config(c, PROVIDERS("{x: one}") THINGS("{x: 1}"));
    assert_false(engine_case_plan(c));
    assert_true(has(engine_case_said(c), "fake_thing.a[\"y\"]: Provider configuration unknown"));
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

/* Nothing else changed, but the state gets the new provider configuration. */
static void another_alias_is_remembered(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "provider: {fake: [{}, {alias: a}]}\n"
                       "resource: {fake_thing: {a: {provider: fake.a, name: a}}}\n");
    assert_true(has(c->stored, "provider[\\\"loam.internal/test/fake\\\"].a\""));
    engine_case_run(c, "provider: {fake: [{}, {alias: a}]}\n"
                       "resource: {fake_thing: {a: {name: a}}}\n");
    assert_true(has(c->stored, "provider[\\\"loam.internal/test/fake\\\"]\""));
    engine_case_close(c);
}

/* A root module has no caller that could pass a configuration alias. */
static void the_root_has_no_caller(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "terraform: {required_providers: {fake: {source: "
                          "loam.internal/test/fake, configuration_aliases: [fake.x]}}}\n"
                          "resource: {fake_thing: {a: {name: a}}}\n");
    assert_false(engine_case_plan(c));
    assert_true(has(engine_case_said(c), "Undefined provider configuration"));
    engine_case_close(c);
}

static void a_key_that_is_none_is_refused(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, BOTH THINGS("{x: 1, z: 2}"));
    assert_false(engine_case_plan(c));
    assert_true(has(engine_case_said(c), "Invalid provider instance key: fake_thing.a[\"z\"]"));
    engine_case_close(c);
}

static void a_full_destroy_uses_every_configuration(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, BOTH THINGS("{x: 1, y: 2}"));
    c->options.mode = PLAN_DESTROY;
    engine_case_must(c, engine_case_apply(c));
    assert_true(state_is_empty(c->state));
    engine_case_close(c);
}

#define SERVED(size, rest)                                                                         \
    "provider: {fake: [{}, {alias: in, endpoint: 'at-${fake_thing.server.revision}'}]}\n"          \
    "resource:\n"                                                                                  \
    "  fake_thing:\n"                                                                              \
    "    server: {name: server, size: " size "}\n"                                                 \
    "    object: {name: object, provider: fake.in, size: " size "}\n"                              \
    "    same: {name: same, provider: fake.in}\n" rest

static const ResourceChange *change_of(const EngineCase *c, const char *name) {
    vec_each(&c->plan->changes, change) {
        if (str_equal_cstr(change->address.name, name))
            return change;
    }
    return NULL;
}

static EngineCase *open_served(void) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, SERVED("1", ""));
    check_diary(c, "create server\nconfigure at-1\ncreate object\ncreate same\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_config(c, SERVED("2", "data: {fake_lookup: {d: {name: d, provider: fake.in}}}\n"));
    c->world.reads = 0;
    engine_case_must(c, engine_case_plan(c));
    return c;
}

/* A provider with unknown configuration is not called: no refresh and no plan of its objects. */
static void an_unconfigured_provider_is_not_called(void **) {
    EngineCase *c = open_served();
    check_changes(c, "<= data.fake_lookup.d read_because_config_unknown\n~ fake_thing.object\n"
                     "~ fake_thing.server\n");
    assert_int_equal(c->world.reads, 1);
    const ResourceChange *object = change_of(c, "object");
    assert_int_equal(object->notes.count, 1);
    assert_int_equal(object->notes.items[0].path.count, 0);
    check_str(object->notes.items[0].text,
              "planned without its provider, whose configuration is not known yet");
    assert_int_equal(change_of(c, "same")->notes.count, 0);
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "update server\nconfigure at-2\nupdate object\nlookup d\n");
    engine_case_close(c);
}

/* In the apply the provider plans another action than the approved one: nothing is changed. */
static void a_contradiction_stops_before_the_change(void **) {
    EngineCase *c = open_served();
    fake_world_order(&c->world, "rebuild object");
    assert_false(engine_case_apply_plan(c));
    check_said(c, "fake_thing.object: Provider produced inconsistent final plan");
    check_diary(c, "update server\nconfigure at-2\nlookup d\n");
    check_objects(c, "data.fake_lookup.d \nfake_thing.object object-1\nfake_thing.same same-1\n"
                     "fake_thing.server server-1\n");
    /* The next plan can call the provider, and shows the right action. */
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "-/+ fake_thing.object replace_because_cannot_update\n");
    engine_case_close(c);
}

/* Objects inside a replaced server are created anew, and the plan says so. */
static void a_replaced_server_recreates_its_objects(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, SERVED("1", ""));
    engine_case_replace(c, "fake_thing.server");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "+ fake_thing.object\n+ fake_thing.same\n"
                     "-/+ fake_thing.server replace_by_request\n");
    check_str(change_of(c, "same")->notes.items[0].text,
              "created again, because the target of its provider is replaced");
    assert_true(value_is_null(change_of(c, "same")->before));
    engine_case_must(c, engine_case_apply_plan(c));
    check_objects(c, "fake_thing.object object-2\nfake_thing.same same-2\n"
                     "fake_thing.server server-2\n");
    engine_case_close(c);
}

/* An object that is removed from the configuration while its server is replaced is lost: no call
 * deletes it on the new server. */
static void an_object_that_leaves_with_its_server(void **) {
    EngineCase *c = open_served();
    engine_case_config(c, "provider: {fake: [{}, {alias: in, endpoint: "
                          "'at-${fake_thing.server.revision}'}]}\n"
                          "resource:\n"
                          "  fake_thing:\n"
                          "    server: {name: server, size: '1'}\n"
                          "    object: {name: object, provider: fake.in, size: '1'}\n");
    engine_case_replace(c, "fake_thing.server");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "+ fake_thing.object\n. fake_thing.same delete_because_no_resource_config\n"
                     "-/+ fake_thing.server replace_by_request\n");
    check_str(change_of(c, "same")->notes.items[0].text,
              "gone with the target of its provider, which is replaced");
    engine_case_must(c, engine_case_apply_plan(c));
    assert_false(has(engine_case_diary(c), "delete same"));
    check_objects(c, "fake_thing.object object-2\nfake_thing.server server-2\n");
    engine_case_close(c);
}

/* After a failed creation, the state has no object of the replaced server, also none that the apply
 * did not reach. */
static void lost_objects_leave_the_state(void **) {
    EngineCase *c = open_served();
    engine_case_replace(c, "fake_thing.server");
    engine_case_must(c, engine_case_plan(c));
    fake_world_order(&c->world, "create object");
    fake_world_order(&c->world, "create same");
    assert_false(engine_case_apply_plan(c));
    check_objects(c, "data.fake_lookup.d \nfake_thing.server server-2\n");
    engine_case_close(c);
}

/* Such a provider has no client, and no object needs one. */
static void a_failure_is_reported_at_use(void **) {
    static const char provider[] = "provider: {fake: {endpoint: undescribed}}\n";
    static const char said[] = "No endpoint";
    EngineCase *c = engine_case_open();
    Str none = str_format(c->arena, "%s%s", provider, THINGS_OF("0"));
    Str two = str_format(c->arena, "%s%s", provider, THINGS_OF("2"));
    engine_case_run(c, str_to_cstr(none, c->arena));
    assert_false(has(engine_case_said(c), said));
    engine_case_config(c, str_to_cstr(two, c->arena));
    assert_false(engine_case_plan(c));
    check_said(c, "provider[\"loam.internal/test/fake\"]: No endpoint");
    engine_case_run(c, THINGS_OF("2"));
    engine_case_config(c, str_to_cstr(none, c->arena)); /* the objects would be deleted */
    assert_false(engine_case_plan(c));
    check_said(c, "provider[\"loam.internal/test/fake\"]: No endpoint");
    engine_case_config(c, provider);
    assert_false(engine_case_plan(c));
    check_said(c, "provider[\"loam.internal/test/fake\"]: No endpoint");
    engine_case_close(c);
}

UNIT_MAIN(test_node_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_instance_has_its_own),
        cmocka_unit_test(calls_pass_their_own),
        cmocka_unit_test(calls_need_a_key),
        cmocka_unit_test(one_collection_for_both_is_a_warning),
        cmocka_unit_test(an_orphan_keeps_its_own),
        cmocka_unit_test(an_orphan_whose_own_is_gone_stays),
        cmocka_unit_test(another_key_is_remembered),
        cmocka_unit_test(another_alias_is_remembered),
        cmocka_unit_test(the_root_has_no_caller),
        cmocka_unit_test(a_key_that_is_none_is_refused),
        cmocka_unit_test(a_full_destroy_uses_every_configuration),
        cmocka_unit_test(an_unconfigured_provider_is_not_called),
        cmocka_unit_test(a_contradiction_stops_before_the_change),
        cmocka_unit_test(a_replaced_server_recreates_its_objects),
        cmocka_unit_test(an_object_that_leaves_with_its_server),
        cmocka_unit_test(lost_objects_leave_the_state),
        cmocka_unit_test(a_failure_is_reported_at_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
