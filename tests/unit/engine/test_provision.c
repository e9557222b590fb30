/* Provisioners: validation, when they run, and the effect of a failure. */
#include "engine_case.h"
#include "engine_death.h"
#include "journal.h"

typedef struct ProvisionerCase {
    const char *text; /* text of the resource block after its name */
    const char *said;
} ProvisionerCase;

static const ProvisionerCase cases[] = {
    {"provisioner: {local-exec: {command: x}}", ""},
    {"provisioner: {local-exec: {command: '${self.name}'}}", ""},
    {"provisioner: {local-exec: {command: '${self.nope}'}}", "Unsupported attribute\n"},
    {"provisioner: {local-exec: {}}", "Missing required argument\n"},
    {"provisioner: {local-exec: {command: x, comand: y}}", "Unsupported argument\n"},
    {"provisioner: {local-exec: {command: [x]}}", "Incorrect attribute value type\n"},
    {"provisioner: {chef-solo: {}}", "Missing required provisioner plugin\n"},
    {"provisioner: {file: {source: a, destination: b}}", ""},
    {"provisioner: {file: {destination: b}}", "Invalid provisioner configuration\n"},
    {"provisioner: {file: {source: a, content: c, destination: b}}",
     "Invalid provisioner configuration\n"},
    {"provisioner: {remote-exec: {inline: [a], script: b}}", "Invalid provisioner configuration\n"},
    {"connection: {port: 22}, provisioner: {remote-exec: {inline: [a]}}",
     "Missing required argument\n"},
    {"connection: {port: 22}, provisioner: {remote-exec: {inline: [a], connection: {host: h}}}",
     ""},
    {"connection: {host: h, port: ssh}, provisioner: {remote-exec: {inline: [a]}}",
     "Incorrect attribute value type\n"},
    {"connection: {hots: h}", ""},
    {"connection: {host: '${var.none}'}, provisioner: {remote-exec: {inline: [a]}}",
     "Reference to undeclared input variable\n"},
};

static void validates(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        Str text =
            str_format(c->arena, "resource: {fake_thing: {a: {name: a, %s}}}\n", cases[i].text);
        engine_case_config(c, str_to_cstr(text, c->arena));
        Engine engine = engine_case_engine(c);
        bool ok = engine_validate(&engine, &c->diags);
        StrBuf got = strbuf_new(c->arena);
        vec_each(&c->diags, diag) {
            strbuf_add_format(&got, "%.*s\n", STR_ARG(diag->summary));
        }
        if (ok != (cases[i].said[0] == 0) || !str_equal_cstr(strbuf_str(&got), cases[i].said)) {
            print_error("%s  got: %.*s  wanted: %s\n", cases[i].text, STR_ARG(engine_case_said(c)),
                        cases[i].said);
            failures++;
        }
        engine_case_close(c);
    }
    assert_int_equal(failures, 0);
}

static const char noted[] = "resource:\n"
                            "  fake_thing:\n"
                            "    a:\n"
                            "      name: a\n"
                            "      provisioner:\n"
                            "      - note: {text: 'made ${self.id}'}\n"
                            "      - note: {text: second}\n"
                            "      - note: {text: 'goes ${self.name}', when: destroy}\n";
static const char noted_zone[] = "resource:\n"
                                 "  fake_thing:\n"
                                 "    a:\n"
                                 "      name: a\n"
                                 "      zone: z\n"
                                 "      provisioner:\n"
                                 "      - note: {text: 'made ${self.id}'}\n"
                                 "      - note: {text: 'goes ${self.name}', when: destroy}\n";

static void run_on_create_and_destroy(void **) {
    TELL({noted, "+ fake_thing.a\n", "create a\nnote made a-1\nnote second\n"},
         {noted_zone, "-/+ fake_thing.a replace_because_cannot_update\n",
          "note goes a\ndelete a\ncreate a\nnote made a-2\n"},
         {"locals: {x: 1}\n", "- fake_thing.a delete_because_no_resource_config\n", "delete a\n"});
}

static void an_update_runs_no_provisioner(void **) {
    TELL({noted, "+ fake_thing.a\n", "create a\nnote made a-1\nnote second\n"},
         {"resource: {fake_thing: {a: {name: a, size: 2, provisioner: {note: {text: x}}}}}\n",
          "~ fake_thing.a\n", "update a\n"});
}

static void destroy_provisioners_know_their_key(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, "resource: {fake_thing: {a: {for_each: {k: 1}, name: '${each.key}', "
                       "provisioner: {note: {text: 'go ${each.key} ${path.module != \"\"}', when: "
                       "destroy}}}}}\n");
    engine_case_options(c, PLAN_DESTROY);
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "note go k true\ndelete k\n");
    engine_case_close(c);
}

static void connections_merge(void **) {
    TELL({"resource: {fake_thing: {a: {name: a, connection: {host: '${self.id}', user: u}, "
          "provisioner: [{note: {text: x}}, {note: {text: y, connection: {host: other}}}]}}}\n",
          "+ fake_thing.a\n", "create a\nnote x on a-1\nnote y on other\n"});
}

/* The resource block is gone; a removed block holds the destroy-time provisioners. */
static void removed_blocks_have_provisioners(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_write(c, "m/main.loam.yaml", "resource: {fake_thing: {b: {count: 1, name: b}}}\n");
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}}}\nmodule: {m: {source: ./m}}\n");
    engine_case_write(
        c, "m/main.loam.yaml",
        "removed: {from: fake_thing.b, lifecycle: {destroy: true}, provisioner: {note: "
        "{text: 'left ${count.index} ${path.module == path.root} ${path.root != \"\"}', when: "
        "destroy}}}\n");
    engine_case_run(c, "module: {m: {source: ./m}}\n"
                       "removed: {from: fake_thing.a, lifecycle: {destroy: true}, connection: "
                       "{host: h}, provisioner: {note: {text: 'left ${self.name}', when: "
                       "destroy}}}\n");
    Str diary = engine_case_diary(c);
    assert_true(str_find(diary, STR("note left a on h\ndelete a\n"), 0) != SIZE_MAX);
    assert_true(str_find(diary, STR("note left 0 false true\ndelete b\n"), 0) != SIZE_MAX);
    check_objects(c, "");
    engine_case_close(c);
}

/* Forgetting an object runs no destroy-time provisioner. */
static void forgetting_runs_no_provisioner(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a, lifecycle: {destroy: false}, "
                       "provisioner: {note: {text: x, when: destroy}}}}}\n");
    engine_case_options(c, PLAN_DESTROY);
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "");
    check_objects(c, "");
    engine_case_close(c);
}

static void a_failure_taints(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, noted);
    fake_world_order(&c->world, "note second");
    assert_false(engine_case_apply(c));
    check_said(c, "fake_thing.a: note provisioner error: As ordered: note second.");
    check_objects(c, "fake_thing.a a-1 tainted\n");
    fake_world_obey(&c->world);
    engine_case_must(
        c, engine_case_apply(c)); /* a tainted object is deleted without its provisioners */
    check_diary(c, "delete a\ncreate a\nnote made a-2\nnote second\n");
    check_objects(c, "fake_thing.a a-2\n");
    engine_case_close(c);
}

static void a_failure_may_be_ignored(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, provisioner: [{note: {text: x, "
                          "on_failure: continue}}, {note: {text: y}}]}}}\n");
    fake_world_order(&c->world, "note x");
    engine_case_must(c, engine_case_apply(c));
    check_str(engine_case_said(c), "");
    check_diary(c, "create a\nnote x failed\nnote y\n");
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

static void on_failure_does_not_cover_a_stop(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    c->world.cancel = cancel_open();
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, provisioner: [{note: {text: x, "
                          "on_failure: continue}}, {note: {text: y}}]}}}\n");
    engine_case_must(c, engine_case_plan(c));
    fake_world_order(&c->world, "note x");
    c->world.stops_at = STR("note x");
    assert_false(engine_case_apply_plan(c));
    check_diary(c, "create a\nnote x failed\n");
    check_objects(c, "fake_thing.a a-1 tainted\n");
    cancel_close(c->world.cancel);
    engine_case_close(c);
}

static void a_failed_destroy_provisioner_keeps_the_object(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, noted);
    engine_case_options(c, PLAN_DESTROY);
    fake_world_order(&c->world, "note goes a");
    assert_false(engine_case_apply(c));
    check_diary(c, "note goes a failed\n");
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

/* The successor is tainted, so the predecessor stays as a deposed object. */
static void a_failed_successor_keeps_the_predecessor(void **) {
    static const char text[] = "resource: {fake_thing: {a: {name: a, zone: %s, lifecycle: "
                               "{create_before_destroy: true}, provisioner: {note: {text: x}}}}}\n";
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, str_to_cstr(str_format(c->arena, text, "y"), c->arena));
    fake_world_order(&c->world, "note x");
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "z"), c->arena));
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a a-2 tainted\nfake_thing.a deposed a-1\n");
    engine_case_close(c);
}

typedef struct Ear {
    StrBuf heard;
} Ear;

static void hear(void *self, const WalkEvent *event) {
    Ear *ear = self;
    assert_true(!event->failed || event->kind == EVENT_PROVISION_END ||
                event->kind == EVENT_APPLY_END || event->kind == EVENT_INSTANCE_END);
    assert_int_equal(event->hidden != 0,
                     str_starts_with(event->text, STR("(hidden:"))); /* of the output alone */
    if (event->kind == EVENT_PROVISION_START)
        strbuf_add_format(&ear->heard, "%.*s %.*s\n", STR_ARG(event->address),
                          STR_ARG(event->provisioner));
    if (event->kind == EVENT_PROVISION_OUTPUT)
        strbuf_add_format(&ear->heard, "|%.*s\n", STR_ARG(event->text));
    if (event->kind == EVENT_PROVISION_END)
        strbuf_add_cstr(&ear->heard, event->failed ? "failed\n" : "done\n");
}

/* Applies; `ear` receives the events of the provisioners. */
static EngineCase *heard_run(Ear *ear, Hooks *hooks, const char *config, const char *order) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    *ear = (Ear){.heard = strbuf_new(c->arena)};
    *hooks = (Hooks){ear, hear};
    c->hooks = hooks;
    engine_case_config(c, config);
    if (order)
        fake_world_order(&c->world, order);
    (void)engine_case_apply(c);
    return c;
}

static void output_is_reported_by_line(void **) {
    Ear ear;
    Hooks hooks;
    EngineCase *c = heard_run(&ear, &hooks,
                              "resource: {fake_thing: {a: {name: a, provisioner: {note: {text: x, "
                              "output: \"one\\r\\n\\ntwo\\e[31mred\\nrest\"}}}}}\n",
                              NULL);
    check_str(strbuf_str(&ear.heard), "fake_thing.a note\n|one\n|\n|twored\n|rest\ndone\n");
    engine_case_close(c);
}

/* Arguments that only the apply knows, and rejects: one error at the provisioner, and no run. */
static void rejected_in_the_apply(void **) {
    static const struct {
        const char *provisioner, *order, *said, *diary;
    } rows[] = {
        {"file: {source: '${fake_thing.b.id == \"b-1\" ? null : \"x\"}', destination: /none/x}", "",
         "Invalid provisioner configuration", "create b\ncreate a\n"},
        {"note: {text: '${fake_thing.b.id == \"b-1\" ? null : \"x\"}'}", "",
         "Missing required argument", "create b\ncreate a\n"},
        {"note: {text: '${[fake_thing.b.id][fake_thing.b.revision]}'}", "", "Invalid index",
         "create b\ncreate a\n"},
        {"note: {text: '${fake_thing.b.id}'}", "note b-1", "note provisioner error",
         "create b\ncreate a\nnote b-1 failed\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        Str text = str_format(c->arena,
                              "resource:\n"
                              "  fake_thing:\n"
                              "    b: {name: b}\n"
                              "    a:\n"
                              "      name: a\n"
                              "      provisioner: {%s}\n",
                              rows[i].provisioner);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        fake_world_order(&c->world, rows[i].order);
        assert_false(engine_case_apply_plan(c));
        check_said(c, rows[i].said);
        assert_int_equal(c->diags.count, 1);
        const Diag *diag = &c->diags.items[0];
        check_str(diag->address, "fake_thing.a");
        assert_non_null(diag->range.source);
        assert_int_equal(source_text_position(diag->range.source, diag->range.start).line, 6);
        check_diary(c, rows[i].diary);
        check_objects(c, "fake_thing.a a-1 tainted\nfake_thing.b b-1\n");
        engine_case_close(c);
    }
}

/* Each of the two streams has lines of its own, and both end with the provisioner. */
static void streams_do_not_mix(void **) {
    static const struct {
        const char *output, *errors, *heard;
    } rows[] = {
        {"", "", ""},
        {"one", "", "|one\n"},
        {"", "two", "|two\n"},
        {"one", "two", "|one\n|two\n"},
        {"one\\n", "two", "|one\n|two\n"},
        {"one", "two\\n", "|two\n|one\n"},
        {"one\\nrest", "2\\nend", "|2\n|one\n|rest\n|end\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Ear ear;
        Hooks hooks;
        SCOPED(ArenaRef) arena = arena_open("test");
        Str text = str_format(arena,
                              "resource: {fake_thing: {a: {name: a, provisioner: {note: {text: x, "
                              "output: \"%s\", errors: \"%s\"}}}}}\n",
                              rows[i].output, rows[i].errors);
        EngineCase *c = heard_run(&ear, &hooks, str_to_cstr(text, arena), NULL);
        Str wanted = str_format(arena, "fake_thing.a note\n%sdone\n", rows[i].heard);
        check_str_equal(strbuf_str(&ear.heard), wanted);
        engine_case_close(c);
    }
}

static void hear_sizes(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_PROVISION_OUTPUT)
        strbuf_add_format(self, "%zu ", event->text.len);
}

/* A line of more than 64 KiB is reported in parts, whatever the pieces that it arrives in. */
static void long_lines(void **) {
    static const struct {
        size_t rest;
        const char *heard;
    } rows[] = {
        {0, "2 "},
        {1, "3 "},
        {65533, "65535 "},
        {65534, "65536 "},
        {65535, "65536 1 "},
        {65536, "65536 2 "},
        {131070, "65536 65536 "},
        {131071, "65536 65536 1 "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_sizes};
        c->hooks = &hooks;
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {name: a, provisioner: {note: {text: x, "
                              "output: ab, rest: %zu}}}}}\n",
                              rows[i].rest);
        engine_case_run(c, str_to_cstr(text, c->arena));
        check_str(strbuf_str(&heard), rows[i].heard);
        engine_case_close(c);
    }
}

static void an_ignored_failure_is_reported(void **) {
    Ear ear;
    Hooks hooks;
    EngineCase *c = heard_run(&ear, &hooks,
                              "resource: {fake_thing: {a: {name: a, provisioner: {note: {text: x, "
                              "on_failure: continue, output: \"o\"}}}}}\n",
                              "note x");
    check_str(
        strbuf_str(&ear.heard),
        "fake_thing.a note\n"
        "|o\n"
        "|Failed, but on_failure is \"continue\": note provisioner error: As ordered: note x.\n"
        "failed\n");
    check_str(engine_case_said(c), "");
    engine_case_close(c);
}

static void secrets_are_hidden_in_events(void **) {
    Ear ear;
    Hooks hooks;
    EngineCase *c = heard_run(&ear, &hooks,
                              "variable: {s: {sensitive: true, default: sesame}}\n"
                              "resource: {fake_thing: {a: {name: a, provisioner: {note: {text: "
                              "'${var.s}', output: \"sesame\\nsesame\\n\"}}}}}\n",
                              "note sesame");
    check_str(strbuf_str(&ear.heard), "fake_thing.a note\n"
                                      "|(hidden: the configuration contains a sensitive value)\n"
                                      "failed\n");
    check_said(c, "note provisioner error");
    assert_true(str_find(engine_case_said(c), STR("sesame"), 0) == SIZE_MAX);
    engine_case_close(c);
}

/* The error of a provisioner does not show a secret of its connection. */
static void secrets_of_a_connection_are_hidden(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    b: {name: b, secret: hunter-55}\n"
                          "    a:\n"
                          "      name: a\n"
                          "      connection: {host: h, password: '${fake_thing.b.secret}'}\n"
                          "      provisioner: {note: {text: with hunter-55}}\n");
    fake_world_order(&c->world, "note with hunter-55");
    assert_false(engine_case_apply(c));
    check_said(c, "note provisioner error: As ordered: note with (sensitive value).");
    engine_case_close(c);
}

static void die_within(EngineCase *c, const char *call) {
    engine_death_within(c, call);
    engine_death_made(c, "a");
    assert_true(engine_death_replay(c));
}

/* Whether the creation or a provisioner was interrupted, the object is tainted. */
static void a_death_leaves_a_tainted_object(void **) {
    static const char *const calls[] = {"create a", "note made a-1", "note second"};
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        engine_case_config(c, noted);
        die_within(c, calls[i]);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, "-/+ fake_thing.a replace_because_tainted\n");
        engine_case_close(c);
    }
}

/* Without provisioners an interrupted creation needs no replacement. */
static void without_provisioners_it_is_complete(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, "resource: {fake_thing: {a: {name: a}}}\n");
    die_within(c, "create a");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_close(c);
}

UNIT_MAIN(test_provision) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validates),
        cmocka_unit_test(run_on_create_and_destroy),
        cmocka_unit_test(an_update_runs_no_provisioner),
        cmocka_unit_test(destroy_provisioners_know_their_key),
        cmocka_unit_test(connections_merge),
        cmocka_unit_test(removed_blocks_have_provisioners),
        cmocka_unit_test(forgetting_runs_no_provisioner),
        cmocka_unit_test(a_failure_taints),
        cmocka_unit_test(a_failure_may_be_ignored),
        cmocka_unit_test(on_failure_does_not_cover_a_stop),
        cmocka_unit_test(a_failed_destroy_provisioner_keeps_the_object),
        cmocka_unit_test(a_failed_successor_keeps_the_predecessor),
        cmocka_unit_test(output_is_reported_by_line),
        cmocka_unit_test(streams_do_not_mix),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(rejected_in_the_apply),
        cmocka_unit_test(an_ignored_failure_is_reported),
        cmocka_unit_test(secrets_of_a_connection_are_hidden),
        cmocka_unit_test(secrets_are_hidden_in_events),
        cmocka_unit_test(a_death_leaves_a_tainted_object),
        cmocka_unit_test(without_provisioners_it_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
