/* A refresh of the state: dependencies, and facts that a deletion needs. */
#include "engine_case.h"

static Str dependencies_of(const EngineCase *c, const State *state, const char *address) {
    AddressTarget target = engine_case_address(c, address);
    const StateObject *object = state_find_instance(state, target.resource)->current;
    return str_join(object->dependencies, object->dependency_count, STR(" "), c->arena);
}

/* A refresh adds the dependencies of the configuration to those of the state, in order. */
static void refresh_adds_dependencies(void **) {
    static const struct {
        const char *before, *after, *wanted;
    } rows[] = {
        {"b, fake_thing.d", "a, fake_thing.b, fake_thing.c, fake_thing.e", "a b c d e"},
        {"a, fake_thing.b, fake_thing.c, fake_thing.d, fake_thing.e", "c", "a b c d e"},
        {"a, fake_thing.c, fake_thing.e", "e, fake_thing.c, fake_thing.a", "a c e"},
        {"e", "a", "a e"},
        {"a", "e", "a e"},
    };
    static const char text[] = "resource: {fake_thing: {a: {name: a}, b: {name: b}, c: {name: c}, "
                               "d: {name: d}, e: {name: e}, t: {name: t, depends_on: "
                               "[fake_thing.%s]}}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, rows[i].before), c->arena));
        engine_case_config(c, str_to_cstr(str_format(c->arena, text, rows[i].after), c->arena));
        engine_case_options(c, PLAN_REFRESH_ONLY);
        engine_case_must(c, engine_case_plan(c));
        StrBuf wanted = strbuf_new(c->arena);
        Str names = str_from_cstr(rows[i].wanted), name;
        while (str_next_field(&names, ' ', &name))
            strbuf_add_format(&wanted, "%sfake_thing.%.*s", wanted.len ? " " : "", STR_ARG(name));
        check_str_equal(dependencies_of(c, c->refreshed, "fake_thing.t"), strbuf_str(&wanted));
        engine_case_close(c);
    }
}

static const StateInstance *refreshed_of(const EngineCase *c, const char *address) {
    const StateInstance *found =
        state_find_instance(c->refreshed, engine_case_address(c, address).resource);
    assert_non_null(found);
    return found;
}

/* A refresh updates what a deletion needs, but only of objects that the block still declares. */
static void refresh_updates_declared_objects(void **) {
    static const char config[] = "resource: {fake_thing: {a: {count: %d, name: 'a${count.index}', "
                                 "zone: %s, lifecycle: {create_before_destroy: %s}}}}\n";
    EngineCase *c = engine_case_open();
    engine_case_run(c, str_to_cstr(str_format(c->arena, config, 2, "x", "true"), c->arena));
    /* The predecessor of a[0] stays, deposed. */
    fake_world_order(&c->world, "delete a0");
    engine_case_config(c, str_to_cstr(str_format(c->arena, config, 2, "y", "true"), c->arena));
    assert_false(engine_case_apply(c));
    fake_world_obey(&c->world);
    engine_case_config(c, str_to_cstr(str_format(c->arena, config, 1, "y", "false"), c->arena));
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    const StateInstance *first = refreshed_of(c, "fake_thing.a[0]");
    assert_false(first->current->create_before_destroy);
    assert_int_equal(first->deposed.count, 1);
    assert_true(first->deposed.items[0].object->create_before_destroy);
    assert_true(refreshed_of(c, "fake_thing.a[1]")->current->create_before_destroy);
    engine_case_close(c);
}

/* New dependencies are saved even if nothing else changed. */
static void new_dependencies_are_remembered(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}, b: {name: b}}}\n");
    engine_case_run(c,
                    "resource: {fake_thing: {a: {name: a, depends_on: [fake_thing.b]}, b: {name: "
                    "b}}}\n");
    engine_case_run(c, "locals: {}\n");
    check_diary(c, "delete a\ndelete b\n");
    engine_case_close(c);
}

/* Former dependencies are dropped if nothing else changes. If an object changes, it keeps them
 * until its change is made. */
static void former_dependencies_are_dropped(void **) {
    static const char before[] =
        "resource: {fake_thing: {a: {name: a, depends_on: [fake_thing.b]}, b: {name: b}}}\n";
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, before);
    check_str(dependencies_of(c, c->state, "fake_thing.a"), "fake_thing.b");
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, size: 2}, b: {name: b}}}\n");
    engine_case_must(c, engine_case_plan(c));
    check_str(dependencies_of(c, c->refreshed, "fake_thing.a"), "fake_thing.b");
    engine_case_config(c, "resource: {fake_thing: {a: {name: a}, b: {name: b}}}\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    check_str(dependencies_of(c, c->refreshed, "fake_thing.a"), "");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(dependencies_of(c, c->state, "fake_thing.a"), "");
    engine_case_close(c);
}

/* Whatever an unchanged object depended on before, its dependencies become those of the
 * configuration. */
static void dependencies_follow_the_configuration(void **) {
    static const char *const lists[] = {
        "",
        "fake_thing.b",
        "fake_thing.c",
        "fake_thing.b, fake_thing.c",
        "fake_thing.b, fake_thing.d",
        "fake_thing.c, fake_thing.d",
        "fake_thing.b, fake_thing.c, fake_thing.d",
    };
    static const char text[] = "resource: {fake_thing: {b: {name: b}, c: {name: c}, d: {name: d}, "
                               "t: {name: t, depends_on: [%s]}}}\n";
    for (size_t from = 0; from < ARRAY_COUNT(lists); from++) {
        EngineCase *c = engine_case_open();
        for (size_t to = 0; to < ARRAY_COUNT(lists); to++) {
            engine_case_run(c, str_to_cstr(str_format(c->arena, text, lists[from]), c->arena));
            engine_case_run(c, str_to_cstr(str_format(c->arena, text, lists[to]), c->arena));
            check_diary(c, "");
            StrBuf wanted = strbuf_new(c->arena);
            Str names = str_from_cstr(lists[to]), name;
            while (str_next_field(&names, ',', &name))
                strbuf_add_format(&wanted, "%s%.*s", wanted.len > 0 ? " " : "",
                                  STR_ARG(str_trim(name)));
            check_str_equal(dependencies_of(c, c->state, "fake_thing.t"), strbuf_str(&wanted));
        }
        engine_case_close(c);
    }
}

/* "~ fake_thing.b from fake_thing.a" for each object that differs from the state; "=" for one that
 * only moved. */
static Str drift_of(const EngineCase *c) {
    StrBuf text = strbuf_new(c->arena);
    vec_each(&c->plan->drift, drift) {
        strbuf_add_format(&text, "%s %.*s",
                          drift->action == ACTION_NO_OP ? "=" : action_glyph(drift->action),
                          STR_ARG(resource_addr_to_str(drift->address, c->arena)));
        if (drift->previous.type.len > 0)
            strbuf_add_format(&text, " from %.*s",
                              STR_ARG(resource_addr_to_str(drift->previous, c->arena)));
        strbuf_add_char(&text, '\n');
    }
    return strbuf_str(&text);
}

/* A refresh-only plan shows each move; another plan shows it with the change. Drift has the former
 * address in both. */
static void moves_and_drift(void **) {
    static const struct {
        PlanMode mode;
        bool moves, differs;
        const char *wanted;
    } rows[] = {
        {PLAN_NORMAL, false, false, ""},
        {PLAN_NORMAL, false, true, "~ fake_thing.a\n"},
        {PLAN_NORMAL, true, false, ""},
        {PLAN_NORMAL, true, true, "~ fake_thing.b from fake_thing.a\n"},
        {PLAN_REFRESH_ONLY, false, false, ""},
        {PLAN_REFRESH_ONLY, false, true, "~ fake_thing.a\n"},
        {PLAN_REFRESH_ONLY, true, false, "= fake_thing.b from fake_thing.a\n"},
        {PLAN_REFRESH_ONLY, true, true, "~ fake_thing.b from fake_thing.a\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, "resource: {fake_thing: {a: {name: a, size: 1}}}\n");
        if (rows[i].moves)
            engine_case_config(c, "resource: {fake_thing: {b: {name: a, size: 1}}}\n"
                                  "moved: {from: fake_thing.a, to: fake_thing.b}\n");
        if (rows[i].differs)
            fake_world_find(&c->world, "a")->size = 7;
        engine_case_options(c, rows[i].mode);
        engine_case_must(c, engine_case_plan(c));
        check_str(drift_of(c), rows[i].wanted);
        engine_case_close(c);
    }
}

/* The drift of an instance has its former address once, with the current object. */
static void a_deposed_object_shows_no_move(void **) {
    static const char config[] = "resource: {fake_thing: {%s: {name: a, size: 1, zone: %s, "
                                 "lifecycle: {create_before_destroy: true}}}}\n%s";
    EngineCase *c = engine_case_open();
    engine_case_run(c, str_to_cstr(str_format(c->arena, config, "a", "x", ""), c->arena));
    fake_world_order(&c->world, "delete a");
    engine_case_config(c, str_to_cstr(str_format(c->arena, config, "a", "y", ""), c->arena));
    assert_false(engine_case_apply(c));
    fake_world_obey(&c->world);
    check_objects(c, "fake_thing.a a-2\nfake_thing.a deposed a-1\n");
    Str moved =
        str_format(c->arena, config, "b", "y", "moved: {from: fake_thing.a, to: fake_thing.b}\n");
    engine_case_config(c, str_to_cstr(moved, c->arena));
    vec_each(&c->world.objects, object) {
        (*object)->size = 7;
    }
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->plan->drift.count, 2);
    vec_each(&c->plan->drift, drift) {
        Str id = value_text(value_attribute(drift->before, STR("id")));
        assert_int_equal(drift->previous.type.len > 0, str_equal(id, STR("a-2")));
    }
    engine_case_close(c);
}

/* A deposed object has no configuration, whatever its key: it is neither compared with that of the
 * block, nor protected or updated by it. */
static void deposed_keys(void **) {
    static const char *const keys[] = {"d", "0d1e2f30"};
    for (size_t i = 0; i < 2 * ARRAY_COUNT(keys); i++) {
        bool is_edited = i % 2;
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        Str text = str_format(
            c->arena,
            "{\"version\":4,\"terraform_version\":\"1.12.0\",\"serial\":1,"
            "\"lineage\":\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[{"
            "\"mode\":\"managed\",\"type\":\"fake_vault\",\"name\":\"z\","
            "\"provider\":\"provider[\\\"loam.internal/test/fake\\\"]\",\"instances\":["
            "{\"schema_version\":1,\"create_before_destroy\":true,"
            "\"attributes\":{\"name\":\"new\",\"id\":\"new\"}},"
            "{\"schema_version\":1,\"create_before_destroy\":true,\"deposed\":\"%s\","
            "\"attributes\":{\"name\":\"old\",\"id\":\"old\"}}]}],\"check_results\":null}",
            keys[i / 2]);
        assert_true(statefile_decode(STR("state"), text, &c->state, c->arena, &c->diags));
        engine_case_config(c, "resource: {fake_vault: {a: {name: new, size: 3, lifecycle: "
                              "{prevent_destroy: true}}}}\n"
                              "moved: {from: fake_vault.z, to: fake_vault.a}\n");
        static const char *const orders[] = {"compare old", "compare new", "edit old", "edit new"};
        for (size_t j = 0; j < (is_edited ? ARRAY_COUNT(orders) : 2); j++)
            fake_world_order(&c->world, orders[j]);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, "~ fake_vault.a\n- fake_vault.a (deposed)\n");
        Str diary = engine_case_diary(c);
        assert_true(str_find(diary, STR("read old \nconfigured null\n"), 0) != SIZE_MAX);
        assert_true(str_find(diary, STR("read new \nconfigured 3\n"), 0) != SIZE_MAX);
        assert_int_equal(c->plan->drift.count, is_edited ? 2 : 0);
        vec_each(&c->plan->drift, drift) {
            Str name = value_text(value_attribute(drift->before, STR("name")));
            assert_int_equal(drift->previous.type.len > 0, str_equal(name, STR("new")));
        }
        const StateInstance *stored = refreshed_of(c, "fake_vault.a");
        const StateObject *deposed = stored->deposed.items[0].object;
        assert_false(stored->current->create_before_destroy);
        assert_int_equal(deposed->create_before_destroy, !is_edited); /* a change sets it */
        engine_case_close(c);
    }
}

/* An instance that has lost its current object, but not its deposed one, is created again. */
static void only_a_deposed_object(void **) {
    static const char config[] = "resource: {fake_thing: {a: {name: a, zone: %s, lifecycle: "
                                 "{create_before_destroy: true}}}}\n";
    EngineCase *c = engine_case_open();
    engine_case_run(c, str_to_cstr(str_format(c->arena, config, "x"), c->arena));
    fake_world_order(&c->world, "delete a");
    engine_case_config(c, str_to_cstr(str_format(c->arena, config, "y"), c->arena));
    assert_false(engine_case_apply(c));
    fake_world_obey(&c->world);
    state_find_instance(c->state, engine_case_address(c, "fake_thing.a").resource)->current = NULL;
    check_objects(c, "fake_thing.a deposed a-1\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "+ fake_thing.a\n- fake_thing.a (deposed)\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_objects(c, "fake_thing.a a-3\n");
    engine_case_close(c);
}

UNIT_MAIN(test_engine_refresh) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refresh_adds_dependencies),
        cmocka_unit_test(refresh_updates_declared_objects),
        cmocka_unit_test(new_dependencies_are_remembered),
        cmocka_unit_test(former_dependencies_are_dropped),
        cmocka_unit_test(dependencies_follow_the_configuration),
        cmocka_unit_test(only_a_deposed_object),
        cmocka_unit_test(deposed_keys),
        cmocka_unit_test(moves_and_drift),
        cmocka_unit_test(a_deposed_object_shows_no_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
