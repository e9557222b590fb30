/* Private data of each call, planned deletions and their responses, positions of errors. */
#include "engine_case.h"
#include "log.h"

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
        assert_true(str_find(line, STR(" b"), 0) == SIZE_MAX); /* the object itself */
        assert_int_equal(str_find(line, STR(" a"), 0) == SIZE_MAX, rows[i].order != NULL);
        engine_case_close(c);
    }
}

/* A plan sees the other objects of the state. */
static void plans_know_of_others(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, VAULT("    a: {name: a}\n    b: {name: b, host: x}\n    c: {name: c}\n"));
    fake_world_order(&c->world, "survey b");
    engine_case_config(c, VAULT("    a: {name: a}\n    b: {name: b, host: x, size: 2}\n"));
    clear_diary(c);
    engine_case_must(c, engine_case_plan(c));
    assert_true(str_find(engine_case_diary(c), STR("\nb, among a c\n"), 0) != SIZE_MAX);
    engine_case_close(c);
}

/* A plan sees the objects that this one depends on as it leaves them, also new ones; not those that
 * it deletes, and none of another provider configuration. */
static void plans_know_of_dependencies(void **) {
    static const struct {
        const char *more, *wanted; /* NULL: none */
    } rows[] = {
        {"host: '${fake_vault.a.name}'", "\nb depends on a:2\n"},
        {"depends_on: [fake_vault.a, fake_vault.c]", "\nb depends on a:2 c:3\n"},
        {"depends_on: [fake_vault.d]", NULL},
        {"host: x", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        engine_case_run(c, VAULT("    a: {name: a, size: 1}\n    gone: {name: gone}\n"));
        engine_case_config(
            c, str_to_cstr(str_format(c->arena,
                                      "provider: {fake: [{}, {alias: two}]}\n" VAULT(
                                          "    a: {name: a, size: 2}\n    c: {name: c, size: 3}\n"
                                          "    d: {name: d, provider: fake.two}\n"
                                          "    b: {name: b, %s}\n"),
                                      rows[i].more),
                           c->arena));
        fake_world_order(&c->world, "survey b");
        clear_diary(c);
        engine_case_must(c, engine_case_plan(c));
        Str diary = engine_case_diary(c);
        assert_int_equal(str_find(diary, STR(" depends on"), 0) != SIZE_MAX,
                         rows[i].wanted != NULL);
        if (rows[i].wanted && str_find(diary, str_from_cstr(rows[i].wanted), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(diary));
        engine_case_close(c);
    }
}

/* The others are those of the same provider configuration, in the current version of their type. */
static void others_of_the_same_kind(void **) {
    static const char config[] = "provider: {fake: [{}, {alias: two}]}\n" VAULT(
        "    a: {name: a}\n    b: {name: b, host: x, "
        "size: %d}\n    c: {name: c%s}\n");
    enum { SAME, OTHER_PROVIDER, OLD, DAMAGED };
    for (int kind = SAME; kind <= DAMAGED; kind++) {
        const char *more = kind == OTHER_PROVIDER ? ", provider: fake.two" : "";
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        engine_case_run(c, str_to_cstr(str_format(c->arena, config, 1, more), c->arena));
        StateInstance *stored =
            state_find_instance(c->state, engine_case_address(c, "fake_vault.c").resource);
        StateObject object = *stored->current;
        if (kind == OLD)
            object.schema_version--;
        if (kind == DAMAGED)
            object.attributes = STR("{\"name\":[]}");
        stored->current = &object;
        fake_world_order(&c->world, "survey b");
        engine_case_config(c, str_to_cstr(str_format(c->arena, config, 2, more), c->arena));
        engine_case_target(c, "fake_vault.b");
        clear_diary(c);
        engine_case_must(c, engine_case_plan(c));
        const char *wanted = kind == SAME ? "\nb, among a c\n" : "\nb, among a\n";
        assert_true(str_find(engine_case_diary(c), str_from_cstr(wanted), 0) != SIZE_MAX);
        engine_case_close(c);
    }
}

/* An error that names other objects does not show their secrets. */
static void secrets_of_others_are_hidden(void **) {
    static const char config[] =
        VAULT("    a: {name: '${fake_thing.t.secret}', size: 1}\n    b: {name: b, size: %d}\n"
              "    c: {name: c}\n  fake_thing: {t: {name: t, secret: hunter-66}}\n");
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, str_to_cstr(str_format(c->arena, config, 1), c->arena));
    fake_world_order(&c->world, "blame b");
    engine_case_config(c, str_to_cstr(str_format(c->arena, config, 2), c->arena));
    assert_false(engine_case_plan(c));
    check_said(c, "fake_vault.b: Others: As ordered: c (sensitive value).");
    engine_case_close(c);
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

/* Each error points at its argument, as disk[1].size. */
static void errors_point_at_nested_arguments(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, VAULT("    a:\n      name: a\n      disk:\n        - size: 1\n"
                                "        - size: 2\n"));
    fake_world_order(&c->world, "refuse a");
    assert_false(engine_case_plan(c));
    assert_int_equal(c->diags.count, 2);
    for (size_t i = 0; i < 2; i++) {
        SourceRange range = c->diags.items[i].range;
        assert_non_null(range.source);
        assert_int_equal(source_text_position(range.source, range.start).line, i == 0 ? 7 : 4);
    }
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

#define CARD(text)                                                                                 \
    "resource:\n  fake_thing: {t: {name: t}}\n  fake_card:\n    a: {name: a" text "}\n"

/* The apply calls the plan again only if the configuration was not wholly known, or if the events
 * of the plan had warnings. */
static void plans_that_stay(void **) {
    static const struct {
        const char *before, *after, *order;
        const char *apply;
    } cases[] = {
        {NULL, CARD(""), "", "create t\ncreate a\n"},
        {NULL, CARD(", kind: x"), "", "create t\ncreate a\n"},
        {NULL, CARD(", kind: '${fake_thing.t.id}'"), "", "create t\nplan a\ncreate a\n"},
        {NULL,
         CARD(", token: '${ephemeral.fake_token.e.value}'") "ephemeral: {fake_token: {e: {name: "
                                                            "e}}}\n",
         "", "create t\nopen e\nplan a\ncreate a\nclose e\n"},
        {NULL, CARD(""), "warn a", "create t\nplan a\ncreate a\n"},
        {CARD(""), CARD(", size: 2"), "", "update a\n"},
        {CARD(""), CARD(""), "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        if (cases[i].before)
            engine_case_run(c, cases[i].before);
        fake_world_order(&c->world, cases[i].order);
        engine_case_config(c, cases[i].after);
        clear_diary(c);
        engine_case_must(c, engine_case_plan(c));
        assert_true(str_find(engine_case_diary(c), STR("plan a\n"), 0) != SIZE_MAX);
        engine_case_must(c, engine_case_apply_plan(c));
        check_diary(c, cases[i].apply);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, "");
        engine_case_close(c);
    }
}

/* A plan that was made without its provider is made again with it. */
static void a_plan_without_its_provider_does_not_stay(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c,
                       "provider: {fake: [{}, {alias: in, endpoint: 'at-${fake_thing.t.id}'}]}\n"
                       "resource: {fake_thing: {t: {name: t}}, fake_card: {a: {provider: fake.in, "
                       "name: a}}}\n");
    engine_case_must(c, engine_case_plan(c));
    check_diary(c, "");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "create t\nconfigure at-t-1\nplan a\ncreate a\n");
    engine_case_close(c);
}

static Str sensitive_of(const EngineCase *c, const char *address) {
    AddressTarget target = engine_case_address(c, address);
    return state_find_instance(c->state, target.resource)->current->sensitive_attributes;
}

/* A value that was sensitive stays so, while the provider keeps it. */
static void a_plan_that_stays_keeps_marks(void **) {
    static const char marked[] =
        /* the second by the schema */ "[[{\"type\":\"get_attr\",\"value\":\"kind\"}],"
                                       "[{\"type\":\"get_attr\",\"value\":\"secret\"}]]";
    EngineCase *c = engine_case_open();
    engine_case_run(c, "variable: {s: {default: x, sensitive: true}}\n" CARD(", kind: '${var.s}'"));
    check_str(sensitive_of(c, "fake_card.a"), marked);
    engine_case_run(c, CARD(", size: 2"));
    check_str(sensitive_of(c, "fake_card.a"), marked);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_close(c);
}

/* An identity that the provider does not know yet is allowed for new objects alone. */
static void planned_identities(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, CARD(""));
    engine_case_must(c, engine_case_plan(c));
    const ResourceChange *change = &c->plan->changes.items[0];
    assert_true(value_is_null(change->before_identity));
    assert_false(value_is_wholly_known(change->after_identity));
    assert_int_equal(change->identity_version, 3);
    engine_case_must(c, engine_case_apply_plan(c));
    engine_case_config(c, CARD(", size: 2"));
    engine_case_must(c, engine_case_plan(c));
    change = &c->plan->changes.items[0];
    check_str(value_display(change->before_identity, 0, c->arena), "{name = \"a\"}");
    check_str(value_display(change->after_identity, 0, c->arena), "{name = \"a\"}");
    fake_world_order(&c->world, "unsure a");
    assert_false(engine_case_plan(c));
    check_said(c, "fake_card.a: Provider produced invalid identity");
    engine_case_close(c);
}

/* Without a marker a crash would lose the object, so none is created. */
static void no_creation_without_a_marker(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource: {fake_thing: {a: {name: a}}}\n");
    engine_case_must(c, engine_case_plan(c));
    fake_world_order(&c->world, "unmark a");
    assert_false(engine_case_apply_plan(c));
    check_said(c, "fake_thing.a: No marker: As ordered.");
    check_diary(c, "");
    check_objects(c, "");
    engine_case_close(c);
}

/* A read may compare the object with its configuration, where there is one. */
static void reads_know_the_configuration(void **) {
    static const struct {
        const char *config, *wanted;
    } cases[] = {
        {VAULT("    a: {name: a, size: 2}\n"), "read a ppc\nconfigured 2\nplan a ppc\n"},
        {VAULT(
             "    a: {name: a, size: '${fake_thing.t.revision}'}\n  fake_thing: {t: {name: t}}\n"),
         "read a ppc\nconfigured (known after apply)\nplan a ppc\n"},
        {VAULT("    a: {name: a, size: '${1 + true}'}\n"), "read a ppc\nconfigured null\n"},
        {"{}\n", "read a ppc\nconfigured null\nplan to delete a ppc\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        engine_case_run(c, VAULT("    a: {name: a}\n"));
        fake_world_order(&c->world, "compare a");
        engine_case_config(c, cases[i].config);
        clear_diary(c);
        assert_int_equal(engine_case_plan(c), i != 2);
        check_diary(c, cases[i].wanted);
        engine_case_close(c);
    }
}

/* The configuration is that of the current object of an instance that the block still declares. */
static void reads_of_former_objects(void **) {
    static const char counted[] = VAULT("    a: {count: %d, name: 'a${count.index}', size: %d}\n");
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, str_to_cstr(str_format(c->arena, counted, 2, 1), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, counted, 1, 2), c->arena));
    fake_world_order(&c->world, "compare a0");
    fake_world_order(&c->world, "compare a1");
    clear_diary(c);
    engine_case_must(c, engine_case_plan(c));
    Str diary = engine_case_diary(c);
    assert_true(str_find(diary, STR("read a0 ppc\nconfigured 2\n"), 0) != SIZE_MAX);
    assert_true(str_find(diary, STR("read a1 ppc\nconfigured null\n"), 0) != SIZE_MAX);
    engine_case_close(c);

    static const char zoned[] =
        VAULT("    a: {name: '%s', zone: %s, size: 3, lifecycle: {create_before_destroy: true}}\n");
    c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, str_to_cstr(str_format(c->arena, zoned, "old", "x"), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, zoned, "new", "y"), c->arena));
    engine_case_must(c, engine_case_plan(c));
    fake_world_order(&c->world, "half old"); /* its deletion fails, so it stays deposed */
    assert_false(engine_case_apply_plan(c));
    fake_world_obey(&c->world);
    fake_world_order(&c->world, "compare old");
    fake_world_order(&c->world, "compare new");
    clear_diary(c);
    engine_case_must(c, engine_case_plan(c));
    diary = engine_case_diary(c);
    size_t old = str_find(diary, STR("read old "), 0), new = str_find(diary, STR("read new "), 0);
    assert_true(old != SIZE_MAX && new != SIZE_MAX);
    assert_true(str_starts_with(str_after(diary, str_find_char(diary, '\n', old) + 1),
                                STR("configured null\n")));
    assert_true(str_starts_with(str_after(diary, str_find_char(diary, '\n', new) + 1),
                                STR("configured 3\n")));
    engine_case_close(c);
}

/* The provider knows who has changed a field. */
static void drift_has_owners(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, VAULT("    a: {name: a, size: 1}\n"));
    fake_world_order(&c->world, "edit a");
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->plan->drift.count, 1);
    const Drift *drift = &c->plan->drift.items[0];
    assert_int_equal(drift->fields.count, 1);
    check_str(path_to_str(drift->fields.items[0].path, c->arena), ".size");
    check_str(drift->fields.items[0].manager, "editor (Update)");
    check_str(drift->fields.items[0].since, "2026-01-02T03:04:05Z");
    assert_true(drift->fields.items[0].is_foreign);
    engine_case_close(c);
}

/* The lines of the log about the calls of one run. */
static Str logged_run(EngineCase *c, const char *config) {
    Str path = disk_join(str_from_cstr(c->directory), STR("log"), c->arena), text;
    assert_true(log_set_path(str_to_cstr(path, c->arena)));
    log_set_level(LOG_DEBUG);
    engine_case_config(c, config);
    if (engine_case_plan(c))
        engine_case_must(c, engine_case_apply_plan(c));
    log_set_level(LOG_OFF);
    assert_int_equal(disk_real.read_file(NULL, path, &text, c->arena), 0);
    return text;
}

/* The log has the response of a plan, and the first error of a call. */
static void the_log_has_responses(void **) {
    EngineCase *c = engine_case_open();
    fake_world_order(&c->world, "rebuild t");
    fake_world_order(&c->world, "refuse v");
    Str text = logged_run(c, "resource:\n  fake_thing: {t: {name: t, kind: noted}}\n"
                             "  fake_vault: {v: {name: v}}\n");
    static const char *const parts[] = {
        "plan response address=fake_thing.t requires_replace=.size notes=1 parts=0 unknown_parts=0",
        "provider call address=fake_vault.v call=plan ok=0 error=\"Bad disk\" path=.disk[1].size",
    };
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (str_find(text, str_from_cstr(parts[i]), 0) == SIZE_MAX)
            fail_msg("%s is not in the log", parts[i]);
    }
    engine_case_close(c);
}

/* The log has the objects of a request and of a response, without their secrets: those of the
 * schema, of the configuration, and write-only values. */
static void the_log_hides_secrets(void **) {
    static const char *const parts[] = {
        "provider request address=fake_card.a call=validate wanted=\"{id = null, kind = (sensitive "
        "value), name = \\\"a\\\", secret = (sensitive value), size = null, token = null}\"\n",
        "call=plan prior=null wanted=\"{id = null, kind = (sensitive value), name = \\\"a\\\", "
        "secret = (sensitive value), size = null, token = null}\"\n",
        "provider call address=fake_card.a call=create ok=1 result=\"{id = \\\"a-1\\\", kind = "
        "(sensitive value), name = \\\"a\\\", secret = (sensitive value), size = null, token = "
        "null}\" ms=",
        "tags = (sensitive value), token = null, zone = \\\"z\\\"}", /* with its keys */
        "call=create ok=1 result=\"{aspects = (sensitive value), id = \\\"r-1\\\",",
        "call=open ok=1 result=\"{name = \\\"e\\\", renew = null, value = (sensitive value)}\"",
    };
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    Str text = logged_run(c, "variable: {s: {default: sesame, sensitive: true}}\n"
                             "resource:\n"
                             "  fake_card: {a: {name: a, kind: '${var.s}', secret: hunter-22, "
                             "token: swordfish}, "
                             "b: {name: b, token: '${ephemeral.fake_token.e.value}'}}\n"
                             "  fake_thing: {t: {name: t, zone: z, tags: {k: '${var.s}'}}}\n"
                             "  fake_relic: {r: {name: r, aspects: {open: '${var.s}'}}}\n"
                             "ephemeral: {fake_token: {e: {name: e}}}\n");
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (str_find(text, str_from_cstr(parts[i]), 0) == SIZE_MAX)
            fail_msg("%s is not in the log", parts[i]);
    }
    assert_true(str_find(text, STR("sesame"), 0) == SIZE_MAX);
    assert_true(str_find(text, STR("hunter-22"), 0) == SIZE_MAX);
    assert_true(str_find(text, STR("swordfish"), 0) == SIZE_MAX);
    assert_true(str_find(text, STR("token-e-"), 0) == SIZE_MAX);
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
        cmocka_unit_test(plans_know_of_others),
        cmocka_unit_test(plans_know_of_dependencies),
        cmocka_unit_test(others_of_the_same_kind),
        cmocka_unit_test(secrets_of_others_are_hidden),
        cmocka_unit_test(plans_know_of_hosts),
        cmocka_unit_test(objects_must_differ),
        cmocka_unit_test(errors_point_at_nested_arguments),
        cmocka_unit_test(limits_hold_across_types),
        cmocka_unit_test(plans_that_stay),
        cmocka_unit_test(a_plan_without_its_provider_does_not_stay),
        cmocka_unit_test(a_plan_that_stays_keeps_marks),
        cmocka_unit_test(planned_identities),
        cmocka_unit_test(no_creation_without_a_marker),
        cmocka_unit_test(reads_know_the_configuration),
        cmocka_unit_test(reads_of_former_objects),
        cmocka_unit_test(drift_has_owners),
        cmocka_unit_test(the_log_has_responses),
        cmocka_unit_test(the_log_hides_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
