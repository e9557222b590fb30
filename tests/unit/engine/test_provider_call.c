/* Private data of each call, planned deletions and their responses, positions of errors. */
#include "engine_case.h"

#define VAULT(text) "resource:\n  fake_vault:\n" text

static Str private_of(const EngineCase *c, const char *address) {
    ResourceAddr wanted;
    Diags diags = diags_new(c->arena);
    assert_true(address_parse_resource(str_from_cstr(address), &wanted, c->arena, &diags));
    const StateInstance *instance = state_find_instance(c->state, wanted);
    assert_non_null(instance);
    return instance->current->private_data;
}

static void clear_diary(EngineCase *c) {
    c->world.diary = strbuf_new(c->arena);
}

static void private_data_reaches_each_call(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, VAULT("    a: {name: a, zone: x}\n"));
    engine_case_must(c, engine_case_plan(c));
    check_diary(c, "plan a \n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "plan a p\ncreate a pp\n");
    check_str(private_of(c, "fake_vault.a"), "ppc");

    /* An update: read, planned twice from the stored data. */
    engine_case_config(c, VAULT("    a: {name: a, zone: x, size: 1}\n"));
    clear_diary(c);
    engine_case_must(c, engine_case_plan(c));
    check_diary(c, "read a ppc\nplan a ppc\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "plan a ppc\nupdate a ppcp\n");
    check_str(private_of(c, "fake_vault.a"), "ppcpu");

    /* A replacement: the second plan gets the data of the first. */
    engine_case_config(c, VAULT("    a: {name: a, zone: y, size: 1}\n"));
    clear_diary(c);
    engine_case_must(c, engine_case_plan(c));
    check_diary(c, "read a ppcpu\nplan a ppcpu\nplan a ppcpup\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "delete a ppcpu\nplan a ppcpupp\ncreate a ppcpuppp\n");
    engine_case_close(c);
}

/* Private data changed by a read is stored; no drift is reported. */
static void a_read_may_change_it_alone(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, VAULT("    a: {name: a}\n"));
    fake_world_order(&c->world, "touch a");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    assert_int_equal(c->plan->drift.count, 0);
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(private_of(c, "fake_vault.a"), "ppcr");
    engine_case_close(c);
}

static void an_import_brings_it(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, VAULT("    a: {name: a}\n") "import: [{to: fake_vault.a, id: a}]\n");
    check_str(private_of(c, "fake_vault.a"), "i");
    engine_case_close(c);
}

static void hear_refresh(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_REFRESH_START)
        strbuf_add_cstr(self, event->is_import ? "import\n" : "start\n");
    if (event->kind == EVENT_REFRESH_END)
        strbuf_add_cstr(self, "end\n");
}

/* The read of an absent object ends; an import that fails has no read. Neither is a fault of the
 * configuration. */
static void a_failed_import(void **) {
    EngineCase *c = engine_case_open();
    StrBuf heard = strbuf_new(c->arena);
    Hooks hooks = {&heard, hear_refresh};
    c->hooks = &hooks;
    fake_world_order(&c->world, "gone a");
    engine_case_config(c, VAULT("    a: {name: a}\n") "import: [{to: fake_vault.a, id: a}]\n");
    assert_false(engine_case_plan(c));
    check_said(c, "Cannot import non-existent remote object");
    assert_int_equal(vec_last(&c->diags).subject, DIAG_RELATION);
    check_str(strbuf_str(&heard), "import\nend\n");
    engine_case_config(c,
                       VAULT("    a: {name: a}\n") "import: [{to: fake_vault.a, id: nonsense}]\n");
    assert_false(engine_case_plan(c));
    check_said(c, "Bad id");
    assert_int_equal(vec_last(&c->diags).subject, DIAG_RELATION);
    check_str(strbuf_str(&heard), "import\nend\n");
    engine_case_close(c);
}

static void deletions_are_planned(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, VAULT("    a: {name: a}\n"));
    engine_case_config(c, "{}");
    fake_world_order(&c->world, "keep a");
    assert_false(engine_case_plan(c));
    check_said(c, "fake_vault.a: Still in use");
    fake_world_obey(&c->world);
    clear_diary(c);
    engine_case_must(c, engine_case_plan(c));
    check_diary(c, "read a ppc\nplan to delete a ppc\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "delete a ppcD\n");
    check_objects(c, "");
    engine_case_close(c);
}

static void a_failed_deletion_returns_the_object(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, VAULT("    a: {name: a, size: 5}\n"));
    engine_case_config(c, "{}");
    fake_world_order(&c->world, "half a");
    assert_false(engine_case_apply(c));
    check_said(c, "Half deleted");
    check_objects(c, "fake_vault.a a\n");
    check_str(private_of(c, "fake_vault.a"), "ppcDh");
    ResourceAddr address;
    assert_true(address_parse_resource(STR("fake_vault.a"), &address, c->arena, &c->diags));
    Str attributes = state_find_instance(c->state, address)->current->attributes;
    assert_true(str_find(attributes, STR("\"size\":0"), 0) != SIZE_MAX);
    engine_case_close(c);
}

/* The deletion of a member knows whether its cluster is deleted too. */
static void deletions_know_of_each_other(void **) {
    static const char both[] = VAULT("    a: {name: a}\n    b: {name: b, cluster: a}\n");
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, both);
    engine_case_config(c, VAULT("    a: {name: a}\n"));
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "delete b ppcD\n");
    engine_case_run(c, both);
    engine_case_options(c, PLAN_DESTROY);
    clear_diary(c);
    engine_case_must(c, engine_case_plan(c));
    Str planned = engine_case_diary(c);
    assert_true(str_find(planned, STR("plan to delete b ppc with its cluster\n"), 0) != SIZE_MAX);
    engine_case_must(c, engine_case_apply_plan(c));
    Str done = engine_case_diary(c);
    assert_true(str_find(done, STR("delete b ppcD with its cluster\n"), 0) != SIZE_MAX);
    assert_true(str_find(done, STR("delete a ppcD\n"), 0) != SIZE_MAX);
    engine_case_close(c);
}

/* A deletion sees the other objects of its type, and whether the object that it is in goes too, is
 * replaced, or is gone. Another object in the same host is not the host. */
static void deletions_know_of_lost_hosts(void **) {
    static const char a[] = VAULT("    a: {name: a, zone: x}\n"),
                      moved[] = VAULT("    a: {name: a, zone: y}\n");
    static const char with_c[] =
        VAULT("    a: {name: a, zone: x}\n    c: {name: c, host: '${fake_vault.a.name}'}\n");
    static const char all[] =
        VAULT("    a: {name: a, zone: x}\n    c: {name: c, host: '${fake_vault.a.name}'}\n"
              "    b: {name: b, host: '${fake_vault.a.name}', depends_on: [fake_vault.c]}\n");
    static const struct {
        const char *config, *order, *wanted;
    } rows[] = {
        {with_c, NULL, "b, among"},
        {a, NULL, "b, among"},
        {"{}", NULL, "b is lost with its host, among"},
        {moved, NULL, "b is lost with its host, among"},
        {a, "gone a", "b is lost with its host, among"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        engine_case_run(c, all);
        engine_case_config(c, rows[i].config);
        if (rows[i].order)
            fake_world_order(&c->world, rows[i].order);
        engine_case_must(c, engine_case_plan(c));
        clear_diary(c);
        engine_case_must(c, engine_case_apply_plan(c));
        Str diary = engine_case_diary(c);
        size_t at = str_find(diary, str_from_cstr(rows[i].wanted), 0);
        assert_true(at != SIZE_MAX);
        Str line = str_after(diary, at + strlen(rows[i].wanted));
        line = str_slice(line, 0, str_find_char(line, '\n', 0));
        assert_true(str_find(line, STR(" c"), 0) != SIZE_MAX);
        assert_int_equal(str_find(line, STR(" a"), 0) == SIZE_MAX, rows[i].order != NULL);
        engine_case_close(c);
    }
}

/* A plan knows before it is complete that an object stays, and its host is replaced, gone or new.
 */
static void plans_know_of_hosts(void **) {
    static const char b[] = "    b: {name: b, host: '${fake_vault.a.name}'}\n";
    static const struct {
        const char *config, *order, *wanted; /* NULL: none */
    } rows[] = {
        {"    a: {name: a, zone: x}\n", NULL, NULL},
        {"    a: {name: a, zone: x, size: 1}\n", NULL, NULL},
        {"    a: {name: a, zone: y}\n", NULL, "b will lose its host\n"},
        {"    a: {name: a, zone: x}\n", "gone a", "b will lose its host\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        engine_case_run(c, VAULT("    a: {name: a, zone: x}\n"
                                 "    b: {name: b, host: '${fake_vault.a.name}'}\n"));
        engine_case_config(
            c, str_to_cstr(str_format(c->arena, VAULT("%s%s"), rows[i].config, b), c->arena));
        if (rows[i].order)
            fake_world_order(&c->world, rows[i].order);
        clear_diary(c);
        engine_case_must(c, engine_case_plan(c));
        bool is_said = str_find(engine_case_diary(c), STR(" its host"), 0) != SIZE_MAX;
        assert_int_equal(is_said, rows[i].wanted != NULL);
        if (rows[i].wanted)
            assert_true(str_find(engine_case_diary(c), str_from_cstr(rows[i].wanted), 0) !=
                        SIZE_MAX);
        engine_case_close(c);
    }
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n  fake_thing:\n    t: {name: t}\n  fake_vault:\n"
                          "    b: {name: b, host: h, depends_on: [fake_thing.t]}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_true(str_find(engine_case_diary(c), STR("b will get its host\n"), 0) != SIZE_MAX);
    engine_case_close(c);
}

/* Two objects of one plan with the same values of a rule are an error, unless neither changes. */
static void objects_must_differ(void **) {
    static const struct {
        const char *config;
        bool is_good;
    } rows[] = {
        {VAULT("    a: {name: a, zone: x, badge: 1}\n    b: {name: b, zone: x, badge: 1}\n"),
         false},
        {VAULT("    a: {name: a, badge: 1}\n    b: {name: b, badge: 1}\n"), false},
        {VAULT("    a: {name: a, zone: x, badge: 1}\n    b: {name: b, zone: y, badge: 1}\n"), true},
        {VAULT("    a: {name: a, zone: x}\n    b: {name: b, zone: x}\n"), true},
        {VAULT("    a: {name: a, zone: x, badge: 1}\n    b: {name: b, zone: x, badge: "
               "'${fake_vault.a.id}'}\n"),
         true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_config(c, rows[i].config);
        assert_int_equal(engine_case_plan(c), rows[i].is_good);
        if (!rows[i].is_good)
            check_said(c, "fake_vault.a and fake_vault.b have the same badge: \"1\"");
        engine_case_close(c);
    }
}

/* An error about disk[1].size points at that argument. */
static void errors_point_at_nested_arguments(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, VAULT("    a:\n      name: a\n      disk:\n        - size: 1\n"
                                "        - size: 2\n"));
    fake_world_order(&c->world, "refuse a");
    assert_false(engine_case_plan(c));
    assert_int_equal(c->diags.count, 1);
    SourceRange range = c->diags.items[0].range;
    assert_non_null(range.source);
    assert_int_equal(source_text_position(range.source, range.start).line, 7);
    engine_case_close(c);
}

/* Objects of two types share a limit on concurrent calls, for creations and updates. */
static void limits_hold_across_types(void **) {
    static const char config[] =
        "resource:\n"
        "  fake_thing:\n"
        "    a: {count: 6, name: 'a${count.index}', group: pair, size: %d}\n"
        "  fake_vault:\n"
        "    b: {count: 6, name: 'b${count.index}', group: pair, size: %d}\n";
    EngineCase *c = engine_case_open();
    c->parallelism = 10;
    c->world.is_slow = true;
    for (int size = 1; size < 3; size++) {
        c->world.groups[2].most = 0;
        engine_case_run(c, str_to_cstr(str_format(c->arena, config, size, size), c->arena));
        assert_int_equal(c->world.groups[2].most, 2);
    }
    engine_case_close(c);
}

UNIT_MAIN(test_provider_call) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_data_reaches_each_call),
        cmocka_unit_test(a_read_may_change_it_alone),
        cmocka_unit_test(an_import_brings_it),
        cmocka_unit_test(a_failed_import),
        cmocka_unit_test(deletions_are_planned),
        cmocka_unit_test(a_failed_deletion_returns_the_object),
        cmocka_unit_test(deletions_know_of_each_other),
        cmocka_unit_test(deletions_know_of_lost_hosts),
        cmocka_unit_test(plans_know_of_hosts),
        cmocka_unit_test(objects_must_differ),
        cmocka_unit_test(errors_point_at_nested_arguments),
        cmocka_unit_test(limits_hold_across_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
