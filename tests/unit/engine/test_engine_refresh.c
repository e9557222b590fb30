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

UNIT_MAIN(test_engine_refresh) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refresh_adds_dependencies),
        cmocka_unit_test(refresh_updates_declared_objects),
        cmocka_unit_test(new_dependencies_are_remembered),
        cmocka_unit_test(former_dependencies_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
