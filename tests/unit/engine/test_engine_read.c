/* Reads of data sources and ephemeral objects: in the plan as soon as possible, or by the apply. */
#include "engine_case.h"

/* The plan warns and continues without the values; the apply reads them. A data source that defers
 * in the apply fails. */
static void data_may_be_deferred(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, "data: {fake_lookup: {d: {name: d}, e: {name: e}}}\n"
                          "resource: {fake_thing: {a: {name: a, input: "
                          "'${data.fake_lookup.d.answer}'}}}\n"
                          "output: {o: {value: '${data.fake_lookup.d.name}'}}\n");
    fake_world_order(&c->world, "defer d");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "<= data.fake_lookup.d read_because_deferred\n"
                     "+ fake_thing.a\n");
    check_str(engine_case_said(c),
              "data.fake_lookup.d: W Data source not read: Not there yet. The plan continues "
              "without the values of data.fake_lookup.d, and the apply reads it. To exclude it "
              "with its dependents, use -exclude='data.fake_lookup.d'.\n");
    assert_true(c->diags.items[0].range.end > 0);
    assert_false(value_is_known(engine_case_after(c, "fake_thing.a", "input")));
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(strbuf_str(&c->world.diary), "lookup d\ncreate a\n");

    /* A refresh, and a plan that destroys, do not fail either. */
    fake_world_order(&c->world, "defer d");
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    engine_case_options(c, PLAN_DESTROY);
    engine_case_must(c, engine_case_plan(c));
    engine_case_options(c, PLAN_NORMAL);
    engine_case_must(c, engine_case_plan(c));
    assert_false(engine_case_apply_plan(c));
    assert_true(str_find(engine_case_said(c), STR("Data source not read: Not there yet."), 0) !=
                SIZE_MAX);
    engine_case_close(c);
}

static void ephemerals_may_be_deferred(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, "ephemeral: {fake_token: {t: {name: t}}}\n"
                          "resource: {fake_thing: {a: {name: a, token: "
                          "'${ephemeral.fake_token.t.value}'}}}\n");
    fake_world_order(&c->world, "defer t");
    engine_case_must(c, engine_case_plan(c));
    assert_true(str_find(engine_case_said(c),
                         STR("W Ephemeral resource not opened: Not there yet."), 0) != SIZE_MAX);
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(strbuf_str(&c->world.diary), "open t\ncreate a\nclose t\n");
    fake_world_order(&c->world, "defer t");
    engine_case_config(c, "ephemeral: {fake_token: {t: {name: t}}}\n"
                          "resource: {fake_thing: {a: {name: a, size: 2, token: "
                          "'${ephemeral.fake_token.t.value}'}}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_false(engine_case_apply_plan(c));
    engine_case_close(c);
}

/* A deferred data source of a check is a warning of the check. */
static void nested_data_may_be_deferred(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "check: {c: {data: {fake_lookup: {l: {name: l}}}, assert: {condition: "
                          "\"${data.fake_lookup.l.answer != \\\"\\\"}\", error_message: x}}}\n");
    fake_world_order(&c->world, "defer l");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "<= data.fake_lookup.l read_because_check_nested\n");
    assert_true(str_find(engine_case_said(c), STR("W Data source not read: Not there yet."), 0) !=
                SIZE_MAX);
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_apply_plan(c));
    assert_int_equal(c->diags.count, 0);
    engine_case_close(c);
}

static void data_is_read_as_soon_as_it_can_be(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    const char *text = "resource:\n"
                       "  fake_thing:\n"
                       "    a: {name: a, size: %s}\n"
                       "    same: {name: same}\n"
                       "data:\n"
                       "  fake_lookup:\n"
                       "    both: {name: '${fake_thing.same.name}${fake_thing.a.name}'}\n"
                       "    now: {name: now}\n"
                       "    later: {name: '${fake_thing.a.id}'}\n"
                       "    after: {name: after, depends_on: [fake_thing.a]}\n"
                       "    checked:\n"
                       "      name: '${fake_thing.a.name}'\n"
                       "      lifecycle: {postcondition: [{condition: '${self.answer != \"\"}', "
                       "error_message: empty}]}\n"
                       "    referring: {name: '${fake_thing.a.name}'}\n";
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "1"), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "<= data.fake_lookup.after read_because_dependency_pending\n"
                     "<= data.fake_lookup.both read_because_dependency_pending\n"
                     "<= data.fake_lookup.checked read_because_dependency_pending\n"
                     "<= data.fake_lookup.later read_because_config_unknown\n"
                     "<= data.fake_lookup.referring read_because_dependency_pending\n"
                     "+ fake_thing.a\n+ fake_thing.same\n");
    engine_case_must(c, engine_case_apply_plan(c));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "2"), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "<= data.fake_lookup.after read_because_dependency_pending\n"
                     "<= data.fake_lookup.both read_because_dependency_pending\n"
                     "<= data.fake_lookup.checked read_because_dependency_pending\n"
                     "<= data.fake_lookup.later read_because_dependency_pending\n"
                     "<= data.fake_lookup.referring read_because_dependency_pending\n"
                     "~ fake_thing.a\n");
    engine_case_config(c, "locals: {}\n");
    engine_case_must(c, engine_case_apply(c));
    assert_true(state_is_empty(c->state));
    engine_case_close(c);
}

/* A data source waits only for changes in its own instance of the module. */
static void reads_of_a_module_instance(void **) {
    static const char module[] =
        "variable: {name: {}, size: {}}\n"
        "resource: {fake_thing: {r: {name: '${var.name}', size: '${var.size}'}}}\n"
        "data: {fake_lookup: {d: {name: l, depends_on: [fake_thing.r]}}}\n";
    static const char root[] = "module: {m: {for_each: {p: 1, q: %d}, source: ./m, name: "
                               "'${each.key}', size: '${each.value}'}}\n";
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.loam.yaml", module);
    engine_case_run(c, str_to_cstr(str_format(c->arena, root, 1), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, root, 2), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "<= module.m[\"q\"].data.fake_lookup.d read_because_dependency_pending\n"
                     "~ module.m[\"q\"].fake_thing.r\n");
    engine_case_close(c);
}

/* The result of a data source has no upgrade: an older one is read with the schema of now. */
static void results_of_an_older_version(void **) {
    static const char stored[] =
        "{\"version\":4,\"terraform_version\":\"1.12.0\",\"serial\":1,"
        "\"lineage\":\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[{"
        "\"mode\":\"data\",\"type\":\"fake_lookup\",\"name\":\"d\","
        "\"provider\":\"provider[\\\"loam.internal/test/fake\\\"]\",\"instances\":[{"
        "\"schema_version\":0,\"attributes\":{\"name\":\"d\",\"answer\":\"old\"}}]}],"
        "\"check_results\":null}";
    static const PlanMode modes[] = {PLAN_NORMAL, PLAN_REFRESH_ONLY, PLAN_DESTROY};
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        EngineCase *c = engine_case_open();
        assert_true(
            statefile_decode(STR("state"), str_from_cstr(stored), &c->state, c->arena, &c->diags));
        engine_case_config(c, "data: {fake_lookup: {d: {name: d}}}\n");
        engine_case_options(c, modes[i]);
        engine_case_must(c, engine_case_plan(c));
        engine_case_must(c, engine_case_apply_plan(c));
        engine_case_close(c);
    }
}

/* A data source with conditions waits for everything behind its block, also for known values. */
static void reads_with_conditions_wait(void **) {
    static const struct {
        const char *lifecycle;
        bool waits;
    } rows[] = {
        {"", false},
        {"precondition: {condition: '${local.n == \"a\"}', error_message: x}", true},
        {"postcondition: {condition: '${self.name == \"a\"}', error_message: x}", true},
        {"precondition: {condition: '${local.n == \"a\"}', error_message: x}, postcondition: "
         "{condition: '${self.name == \"a\"}', error_message: x}",
         true},
    };
    static const char text[] = "resource: {fake_thing: {a: {name: a, size: %d}}}\n"
                               "locals: {n: '${fake_thing.a.name}'}\n"
                               "data: {fake_lookup: {d: {name: '${local.n}', lifecycle: {%s}}}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        for (int size = 1; size < 3; size++) {
            EngineCase *c = engine_case_open();
            engine_case_run(
                c, str_to_cstr(str_format(c->arena, text, 1, rows[i].lifecycle), c->arena));
            engine_case_config(
                c, str_to_cstr(str_format(c->arena, text, size, rows[i].lifecycle), c->arena));
            engine_case_must(c, engine_case_plan(c));
            bool waits = str_find(engine_case_changes(c), STR("data.fake_lookup.d"), 0) != SIZE_MAX;
            if (waits != (size == 2 && rows[i].waits))
                fail_msg("row %zu: %.*s", i, STR_ARG(engine_case_changes(c)));
            engine_case_close(c);
        }
    }
}

/* A data source waits for depends_on of the calls of its module, if one of these changes. */
static void reads_wait_for_calls(void **) {
    static const struct {
        const char *outer, *inner, *size;
        bool waits;
    } rows[] = {
        {"", "", "2", false},
        {", depends_on: [fake_thing.a]", "", "1", false},
        {", depends_on: [fake_thing.a]", "", "2", true},
        {", depends_on: [fake_thing.same]", "", "2", false},
        {"", ", depends_on: [fake_thing.r]", "2", false},
        {", depends_on: [fake_thing.a]", ", depends_on: [fake_thing.r]", "1", false},
        {", depends_on: [fake_thing.a]", ", depends_on: [fake_thing.r]", "2", true},
        {", x: '${fake_thing.a.revision}'", "", "2", false},
        {", count: '${fake_thing.a.size}'", "", "2", false},
        {", count: '${fake_thing.a.size}', depends_on: [fake_thing.same]", "", "2", true},
    };
    static const char root[] = "resource: {fake_thing: {a: {name: a, size: %s}, same: {name: s}}}\n"
                               "module: {m: {source: ./m%s}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        Str middle = str_format(c->arena,
                                "variable: {x: {default: 0}}\n"
                                "resource: {fake_thing: {r: {name: r}}}\n"
                                "module: {n: {source: ./n%s}}\n",
                                rows[i].inner);
        engine_case_write(c, "m/main.loam.yaml", str_to_cstr(middle, c->arena));
        engine_case_write(c, "m/n/main.loam.yaml", "data: {fake_lookup: {d: {name: d}}}\n");
        engine_case_run(c, str_to_cstr(str_format(c->arena, root, "1", rows[i].outer), c->arena));
        engine_case_config(
            c, str_to_cstr(str_format(c->arena, root, rows[i].size, rows[i].outer), c->arena));
        engine_case_must(c, engine_case_plan(c));
        bool waits = str_find(engine_case_changes(c), STR("data.fake_lookup.d"), 0) != SIZE_MAX;
        if (waits != rows[i].waits)
            fail_msg("row %zu: %.*s", i, STR_ARG(engine_case_changes(c)));
        engine_case_close(c);
    }
}

UNIT_MAIN(test_engine_read) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_may_be_deferred),
        cmocka_unit_test(ephemerals_may_be_deferred),
        cmocka_unit_test(nested_data_may_be_deferred),
        cmocka_unit_test(data_is_read_as_soon_as_it_can_be),
        cmocka_unit_test(reads_of_a_module_instance),
        cmocka_unit_test(results_of_an_older_version),
        cmocka_unit_test(reads_with_conditions_wait),
        cmocka_unit_test(reads_wait_for_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
