/* Ephemeral resources: opened in plan and apply, closed after their last user, never stored. */
#include "engine_case.h"

#define TOKEN "ephemeral: {fake_token: {t: {name: t}}}\n"

static EngineCase *open_case(const char *config) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, config);
    return c;
}

static void plans(EngineCase *c, const char *diary) {
    c->world.diary = strbuf_new(c->arena);
    engine_case_must(c, engine_case_plan(c));
    check_diary(c, diary);
}

static void applies(EngineCase *c, const char *diary) {
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, diary);
}

static void is_opened_in_both_walks(void **) {
    EngineCase *c =
        open_case(TOKEN "locals: {v: '${ephemeral.fake_token.t.value}'}\n"
                        "resource: {fake_thing: {a: {name: a, token: '${local.v}'}}}\n");
    plans(c, "open t\nclose t\n");
    applies(c, "open t\ncreate a\nclose t\n");
    check_objects(c, "fake_thing.a a-1\n");
    assert_true(str_find(c->stored, STR("token-t"), 0) == SIZE_MAX);
    assert_true(str_find(c->stored, STR("\"token\": null"), 0) != SIZE_MAX);
    plans(c, "open t\nclose t\n");
    check_changes(c, "");
    engine_case_close(c);
}

/* A resource that was opened with another one's value is closed first. */
static void closes_in_the_opposite_order(void **) {
    EngineCase *c = open_case(
        "ephemeral:\n"
        "  fake_token:\n"
        "    first: {name: first}\n"
        "    second: {name: 'with-${ephemeral.fake_token.first.value}', count: 1}\n"
        "resource: {fake_thing: {a: {name: a, token: '${ephemeral.fake_token.second[0].value}'}}}"
        "\n");
    plans(c, "open first\nopen with-token-first-1\nclose with-token-first-1\nclose first\n");
    applies(c, "open first\nopen with-token-first-3\ncreate a\nclose with-token-first-3\n"
               "close first\n");
    engine_case_close(c);
}

/* A resource with unknown configuration is opened only in the apply. */
static void waits_for_its_configuration(void **) {
    EngineCase *c = open_case("resource:\n"
                              "  fake_thing:\n"
                              "    a: {name: a}\n"
                              "    b: {name: b, token: '${ephemeral.fake_token.t.value}'}\n"
                              "ephemeral: {fake_token: {t: {name: '${fake_thing.a.id}'}}}\n");
    plans(c, "");
    applies(c, "create a\nopen a-1\ncreate b\nclose a-1\n");
    plans(c, "open a-1\nclose a-1\n");
    engine_case_close(c);
}

static void waits_for_its_dependencies(void **) {
    EngineCase *c =
        open_case("resource: {fake_thing: {a: {name: a}}}\n"
                  "ephemeral: {fake_token: {t: {name: t, depends_on: [fake_thing.a]}}}\n");
    plans(c, "");
    applies(c, "create a\nopen t\nclose t\n");
    plans(c, "open t\nclose t\n");
    engine_case_close(c);
}

/* It is closed also after a dependent failed. */
static void closes_after_failures(void **) {
    EngineCase *c = open_case(TOKEN "resource:\n"
                                    "  fake_thing:\n"
                                    "    a: {name: a, token: '${ephemeral.fake_token.t.value}'}\n"
                                    "    b: {name: b, token: '${ephemeral.fake_token.t.value}', "
                                    "depends_on: [fake_thing.a]}\n");
    plans(c, "open t\nclose t\n");
    fake_world_order(&c->world, "create a");
    assert_false(engine_case_apply_plan(c));
    check_diary(c, "open t\ncreate a failed\nclose t\n");
    engine_case_close(c);
}

static void closes_when_cancelled(void **) {
    EngineCase *c = open_case(TOKEN "resource:\n"
                                    "  fake_thing:\n"
                                    "    a: {name: a, token: '${ephemeral.fake_token.t.value}'}\n"
                                    "    b: {name: b, token: '${fake_thing.a.id}'}\n");
    plans(c, "open t\nclose t\n");
    c->world.cancel = cancel_open();
    c->world.stops_at = STR("create a");
    assert_false(engine_case_apply_plan(c));
    check_diary(c, "open t\ncreate a\nclose t\n");
    cancel_close(c->world.cancel);
    engine_case_close(c);
}

static void reports_failures(void **) {
    static const struct {
        const char *order;
        const char *said;
    } cases[] = {
        {"open t", "ephemeral.fake_token.t: Call failed: As ordered: open t."},
        {"close t", "ephemeral.fake_token.t: Call failed: As ordered: close t."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_case(TOKEN);
        fake_world_order(&c->world, cases[i].order);
        assert_false(engine_case_plan(c));
        check_said(c, cases[i].said);
        engine_case_close(c);
    }
}

/* It is renewed while a dependent uses it, and also before the first use. */
static void is_renewed_while_in_use(void **) {
    EngineCase *c =
        open_case("ephemeral: {fake_token: {t: {name: t, renew: 1}}}\n"
                  "resource: {fake_thing: {a: {name: a, token: "
                  "'${ephemeral.fake_token.t.value}', provisioner: {local-exec: {command: "
                  "'sleep 0.2'}}}}}\n");
    engine_case_must(c, engine_case_apply(c));
    Str diary = engine_case_diary(c);
    assert_true(str_starts_with(diary, STR("open t\n")));
    assert_true(str_ends_with(diary, STR("close t\n")));
    assert_true(str_find(diary, STR("\nrenew t\nrenew t\n"), 0) != SIZE_MAX);
    engine_case_close(c);
}

/* References that are evaluated after a renewal get its result, also of one instance of several. */
static void a_renewal_changes_later_references(void **) {
    static const char *const tokens[][2] = {
        {"{name: new, renew: 1}", "t.value"},
        {"{name: 'new${count.index}', renew: 1, count: 2}", "t[1].value"},
        {"{name: 'new${each.key}', renew: 1, for_each: {a: 1}}", "t[\"a\"].value"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(tokens); i++) {
        SCOPED(ArenaRef) arena = arena_open("config");
        Str config = str_format(
            arena,
            "ephemeral: {fake_token: {t: %s}}\n"
            "resource:\n"
            "  fake_thing: {a: {name: a, token: '${ephemeral.fake_token.%s}', provisioner: "
            "{local-exec: {command: 'sleep 0.2'}}}}\n"
            "  terraform_data: {b: {depends_on: [fake_thing.a], provisioner: {local-exec: "
            "{command: "
            "'test \"$T\" = renewed-token', environment: {T: '${ephemeral.fake_token.%s}'}}}}}\n",
            tokens[i][0], tokens[i][1], tokens[i][1]);
        EngineCase *c = open_case(str_to_cstr(config, arena));
        engine_case_must(c, engine_case_apply(c));
        engine_case_close(c);
    }
}

/* A failed renewal may not affect the users; its error is reported when the resource is closed. */
static void a_failed_renewal_is_reported_on_close(void **) {
    EngineCase *c =
        open_case("ephemeral: {fake_token: {t: {name: t, renew: 1}}}\n"
                  "resource: {fake_thing: {a: {name: a, token: "
                  "'${ephemeral.fake_token.t.value}', provisioner: {local-exec: {command: "
                  "'sleep 0.2'}}}}}\n");
    engine_case_must(c, engine_case_plan(c));
    fake_world_order(&c->world, "renew t");
    assert_false(engine_case_apply_plan(c));
    check_said(c, "ephemeral.fake_token.t: Call failed: As ordered: renew t.");
    /* The renewal may fail before the first object is created, or after. */
    Str diary = engine_case_diary(c);
    assert_true(str_find(diary, STR("\nrenew t failed\n"), 0) != SIZE_MAX);
    assert_true(str_ends_with(diary, STR("close t\n")));
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

/* A provider configuration may use it, also for deletions. */
static void configures_a_provider(void **) {
    EngineCase *c = open_case("ephemeral: {fake_token: {t: {name: t, provider: fake.plain}, "
                              "u: {name: u, provider: fake.plain}}}\n"
                              "provider: {fake: [{endpoint: '${ephemeral.fake_token.t.value}'}, "
                              "{alias: plain}]}\n"
                              "resource: {fake_thing: {a: {name: a}}}\n");
    plans(c, "open t\nopen u\nconfigure token-t-1\nclose u\nclose t\n");
    engine_case_must(c, engine_case_apply_plan(c));
    c->options.mode = PLAN_DESTROY;
    /* The first pass validates everything; the second one plans the deletions. */
    plans(c, "open t\nopen u\nconfigure token-t-5\nclose u\nclose t\n"
             "open t\nconfigure token-t-7\nclose t\n");
    applies(c, "open t\nconfigure token-t-8\ndelete a\nclose t\n");
    engine_case_close(c);
}

static void has_conditions(void **) {
    EngineCase *c =
        open_case("ephemeral: {fake_token: {t: {name: t, lifecycle: {postcondition: {condition: "
                  "'${self.name == \"u\"}', error_message: 'Not u: ${self.name}.'}}}}}\n");
    assert_false(engine_case_plan(c));
    check_said(c, "Resource postcondition failed");
    check_diary(c, "open t\nclose t\n");
    engine_case_config(c, "locals: {x: 1}\nephemeral: {fake_token: {t: {name: t, lifecycle: "
                          "{precondition: {condition: "
                          "'${local.x == 2}', error_message: No.}}}}}\n");
    c->world.diary = strbuf_new(c->arena);
    assert_false(engine_case_plan(c));
    check_diary(c, "");
    engine_case_close(c);
}

static void is_rejected_where_it_would_be_stored(void **) {
    static const struct {
        const char *config;
        const char *said;
    } cases[] = {
        {"resource: {fake_thing: {a: {name: '${ephemeral.fake_token.t.value}'}}}\n",
         "Invalid use of ephemeral value"},
        {"resource: {fake_thing: {a: {name: a, count: '${ephemeral.fake_token.t.value == \"x\" ? 1 "
         ": 0}'}}}\n",
         "Invalid count argument"},
        {"resource: {fake_thing: {a: {name: a, for_each: '${ephemeral.fake_token.t}'}}}\n",
         "Invalid for_each argument"},
        {"output: {o: {value: '${ephemeral.fake_token.t.value}'}}\n",
         "Ephemeral value not allowed"},
        {"output: {o: {value: '${ephemeral.fake_token.t.value}', ephemeral: true}}\n",
         "Ephemeral output not allowed"},
        {"data: {fake_lookup: {a: {name: '${ephemeral.fake_token.t.value}'}}}\n",
         "Invalid use of ephemeral value"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, "t.loam.yaml", TOKEN);
        engine_case_config(c, cases[i].config);
        assert_false(engine_case_plan(c));
        check_said(c, cases[i].said);
        assert_true(str_find(engine_case_said(c), STR("token-t"), 0) == SIZE_MAX);
        engine_case_close(c);
    }
}

UNIT_MAIN(test_node_ephemeral) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_opened_in_both_walks),
        cmocka_unit_test(closes_in_the_opposite_order),
        cmocka_unit_test(waits_for_its_configuration),
        cmocka_unit_test(waits_for_its_dependencies),
        cmocka_unit_test(closes_after_failures),
        cmocka_unit_test(closes_when_cancelled),
        cmocka_unit_test(reports_failures),
        cmocka_unit_test(is_renewed_while_in_use),
        cmocka_unit_test(a_renewal_changes_later_references),
        cmocka_unit_test(a_failed_renewal_is_reported_on_close),
        cmocka_unit_test(configures_a_provider),
        cmocka_unit_test(has_conditions),
        cmocka_unit_test(is_rejected_where_it_would_be_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
